import type { Span } from '@opentelemetry/api';
import { textWithoutBytes } from '../bytes.ts';
import { recordGuardrail } from '../decision.ts';
import { harmless } from '../harmless.ts';
import { type LibrarySpanStart, withActive } from '../library/begin.ts';
import { asJson } from '../library/fields.ts';
import { calledAttributes, modelCallStart, recordAnswer, recordQuestion } from '../library/model-call.ts';
import { recordKeyed, toolCallStart } from '../library/tracer.ts';
import { attribute, libraryAttribute } from '../names.ts';
import { captureStep, setContent, toText } from '../payload.ts';
import { failSpan } from '../span.ts';
import { agentRunStart, ForeignSpans } from './foreign-spans.ts';
import { chatAnswer, questionOf, responseAnswer } from './openai-agents-calls.ts';
import { type Fields, fieldsOf, listOf, parsed, stringOf } from './unknown.ts';

/** A trace of the OpenAI Agents SDK, as far as it is read here. */
export interface AgentsTrace {
  traceId: string;
  name: string;
  groupId?: string | null;
}

/** A span of the OpenAI Agents SDK, as far as it is read here. */
export interface AgentsSpan {
  traceId: string;
  spanId: string;
  parentId: string | null;
  spanData: { type: string };
  error: { message: string; data?: Record<string, unknown> } | null;
}

/**
 * Turns the traces of the OpenAI Agents SDK for JavaScript into OpenTelemetry's, in the trace that is active where a run
 * begins. Its runs of agents, model calls, tools, hand-offs and guardrails have spans; its tasks and turns, which only sum
 * up calls, have none. Nothing is sent to OpenAI if it is the only processor.
 *
 * @example
 * initializeTracing({ serviceName: 'my-agent' });
 * const agentsTracing = new AgentsTraceProcessor();
 * setTraceProcessors([agentsTracing]);
 * // in a tool: recordDecision(agentsTracing.spanOf(getCurrentSpan()), decision)
 */
export class AgentsTraceProcessor {
  readonly #spans = new ForeignSpans();
  readonly #provider: string;

  /** `provider` is `gen_ai.provider.name` of model calls. Default: `openai`. */
  constructor({ provider = 'openai' }: { provider?: string } = {}) {
    this.#provider = provider;
  }

  /** The span that stands for this one of the SDK's, such as `getCurrentSpan()`; otherwise the active span. */
  spanOf(span: { spanId: string } | null): Span {
    return this.#spans.spanOf(span?.spanId);
  }

  async onTraceStart(begun: AgentsTrace): Promise<void> {
    harmless(() => {
      const { traceId, name, groupId } = begun;
      this.#spans.begin(traceId, [], {
        name,
        attributes: {
          [libraryAttribute.workflowName]: name,
          ...(groupId && { [attribute.sessionId]: groupId }),
        },
      });
    });
  }

  async onTraceEnd(ended: AgentsTrace): Promise<void> {
    harmless(() => this.#spans.finish(ended.traceId));
  }

  async onSpanStart(begun: AgentsSpan): Promise<void> {
    harmless(() => {
      const { spanId, parentId, traceId, spanData } = begun;
      const above = [parentId, traceId];
      const start = startOf(fieldsOf(spanData), this.#provider);
      if (start) this.#spans.begin(spanId, above, start);
      else this.#spans.pass(spanId, above);
    });
  }

  async onSpanEnd(ended: AgentsSpan): Promise<void> {
    harmless(() => {
      const { spanId, parentId, traceId, spanData, error } = ended;
      const failure = error && reasonOf(error);
      this.#spans.finish(spanId, (span) => {
        if (failure !== null) failSpan(span, failure);
        recordEnd(span, fieldsOf(spanData));
      });
      // The SDK does not end the trace of a run that throws.
      if (failure !== null && parentId === null) this.#spans.fail(traceId, failure);
    });
  }

  /** Ends what is open. What has ended is delivered by the tracing that was initialised, not from here. */
  async shutdown(): Promise<void> {
    harmless(() => this.#spans.interruptAll('The processor was shut down before this ended'));
  }

  async forceFlush(): Promise<void> {}
}

function reasonOf(error: NonNullable<AgentsSpan['error']>): string {
  const { message, data } = fieldsOf(error);
  const parts = [message, fieldsOf(data).error].map(stringOf).filter((part) => part !== undefined);
  return parts.join(': ') || 'failed, without a reason';
}

/** What is known when a span begins; null for one that gets no span. */
function startOf(data: Fields, provider: string): LibrarySpanStart | null {
  const name = stringOf(data.name) ?? toText(data.type);
  switch (data.type) {
    case 'task':
    case 'turn':
      return null;
    case 'agent':
      return agentRunStart(name);
    case 'generation':
    case 'response':
      return modelCallStart({ provider });
    case 'function':
      return toolCallStart(name);
    case 'guardrail':
      return { name: 'validation' };
    default:
      return { name };
  }
}

/** The SDK gives what a tool returned as it is, or its JSON. */
function outputOf(output: unknown): unknown {
  return typeof output === 'string' ? textWithoutBytes(output) : asJson(output);
}

/** What is known once a span has ended: the SDK fills in its data as it goes. */
function recordEnd(span: Span, data: Fields): void {
  switch (data.type) {
    case 'generation':
      span.setAttributes(calledAttributes({ model: stringOf(data.model) }));
      harmless(() => recordQuestion(span, questionOf(undefined, data.input)));
      for (const completion of listOf(data.output)) recordAnswer(span, chatAnswer(completion));
      return;
    case 'response': {
      const { instructions, model } = fieldsOf(data._response);
      span.setAttributes(calledAttributes({ model: stringOf(model) }));
      harmless(() => recordQuestion(span, questionOf(instructions, data._input)));
      if (data._response) recordAnswer(span, responseAnswer(data._response));
      return;
    }
    case 'function':
      harmless(() => recordKeyed(span, attribute.genAiToolArguments, parsed(data.input)));
      setContent(span, attribute.genAiToolResult, outputOf(data.output));
      return;
    case 'handoff':
      span.setAttributes({
        [libraryAttribute.handoffFrom]: toText(data.from_agent),
        [libraryAttribute.handoffTo]: toText(data.to_agent),
      });
      return;
    case 'guardrail':
      recordGuardrail(span, toText(data.name), data.triggered === true ? ['its tripwire was triggered'] : []);
      return;
    case 'custom':
      withActive(span, () => captureStep(toText(data.name), { outputs: asJson(data.data) }));
  }
}
