/** The second process of a2a-handoff.ts: reads a plan and its context, and does the work in the sender's trace. */
import { json } from 'node:stream/consumers';
import { extractA2AContext, getTracer, initializeTracing, withActive } from '@agento/tracing';

const message = (await json(process.stdin)) as { plan: { words: string }; context: unknown };
const tracing = initializeTracing({ serviceName: 'executor-agent' });
const tracer = getTracer();

// Null where the sender gave no usable context: the work is done all the same, in a trace of its own.
const received = extractA2AContext(message.context);
const span = tracer.createModuleSpan({
  moduleType: 'executor',
  operation: 'execute_plan',
  parent: received?.parent ?? null,
  attributes: { source_agent: received?.source_agent, 'session.id': received?.session_id },
});
const counted = withActive(span, () => {
  const tool = tracer.createToolSpan({ toolName: 'word_counter', parameters: { words: message.plan.words } });
  const count = message.plan.words.split(/\s+/).length;
  tracer.setSpanSuccess(tool);
  tool.end();
  return count;
});
tracer.setSpanSuccess(span);
span.end();
console.log(`${counted} words`);
await tracing.shutdown();
