/**
 * A planner hands its plan to an executor in another process (a2a-executor.ts); both are in one trace.
 * Run it: node packages/tracing/examples/a2a-handoff.ts
 */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { buildA2AContext, getTracer, initializeTracing, referenceOf, withActive } from '@agento/tracing';
import { whereToLook } from './tree.ts';

const tracing = initializeTracing({ serviceName: 'planner-agent' });
const tracer = getTracer();
const span = tracer.createModuleSpan({ moduleType: 'planner', operation: 'analyze_query' });
try {
  const plan = { steps: ['collect', 'count'], words: 'one trace through two processes' };
  const answer = await withActive(span, () =>
    handOver({
      plan,
      context: buildA2AContext({
        source_agent: 'planner',
        target_agent: 'executor',
        session_id: 'session-123',
      }),
    }),
  );
  tracer.addEvent(span, 'answer_received', { answer });
  tracer.setSpanSuccess(span);
  console.log(`The executor answers: ${answer}\n`);
} catch (error) {
  tracer.recordException(span, error);
  throw error;
} finally {
  span.end();
  const { trace_id } = referenceOf(span);
  await tracing.shutdown();
  console.log(`trace ${trace_id}\n${whereToLook(tracing, trace_id)}`);
}

/** Any transport will do: what has to arrive is the context, beside the work. Here it is a process's input. */
async function handOver(message: object): Promise<string> {
  const executor = spawn(process.execPath, [`${import.meta.dirname}/a2a-executor.ts`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  executor.stdin.end(JSON.stringify(message));
  return (await text(executor.stdout)).trim();
}
