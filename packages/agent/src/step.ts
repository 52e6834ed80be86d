import type { ProducedBy, StepName, Usage } from '@agento/contracts';
import { roleName } from '@agento/contracts';
import {
  type Attributes,
  attribute,
  captureStep,
  errorType,
  isCancelled,
  recordsContent,
  referenceOf,
  type Span,
  type SpanLink,
  withSpan,
} from '@agento/tracing';
import type { TokenUsage } from './cost.ts';
import { StepError, throwIfCancelled } from './errors.ts';
import { plusTokens } from './ledger.ts';
import type { Run } from './run.ts';

/** What a step works on; carried by its span, by every span below it, and by its events. */
export interface Subject {
  itemId?: string | undefined;
  criterionId?: string | undefined;
  planId?: string | undefined;
  attempt?: number | undefined;
}

export interface StepStart extends Subject {
  name: string;
  /** Value of `agento.step`. */
  kind: 'agent.run' | 'group' | 'selection' | 'assembly' | 'output_creation' | 'validation' | 'file_export';
  /** Default: the module's role, for what no model does. */
  agentName?: string;
  promptSha256?: string;
  links?: SpanLink[];
  attributes?: Attributes;
}

/** A step under way. */
export interface Step {
  span: Span;
  /** Counts the tokens of one model call. */
  addUsage(usage: TokenUsage): void;
  /** One line for people who watch: what came out. */
  summary: string;
  /** Where this step is, for `produced_by` and links. */
  reference: { trace_id: string; span_id: string };
  /** Records what went in and came out; see captureStep. */
  capture(inputs: unknown, outputs: unknown): void;
}

/**
 * Runs one step: its span, its events to the caller, and the failure's place where it fails.
 *
 * @throws what the work throws; a StepError knows the innermost step it left
 */
export async function step<T>(run: Run, start: StepStart, work: (step: Step) => Promise<T>): Promise<T> {
  throwIfCancelled(run.signal);
  const agentName = start.agentName ?? roleName(run.module.type);
  const name: StepName = {
    module: run.module.number,
    step: start.name,
    agent_name: agentName,
    ...(start.itemId !== undefined && { item_id: start.itemId }),
    ...(start.criterionId !== undefined && { criterion_id: start.criterionId }),
    ...(start.planId !== undefined && { plan_id: start.planId }),
    ...(start.attempt !== undefined && { attempt: start.attempt }),
  };
  const began = performance.now();
  run.emit('step.started', name);
  let usage: Usage = { input_tokens: 0, output_tokens: 0 };
  const finished = (summary: string, failed: boolean) =>
    run.emit('step.finished', {
      ...name,
      duration_ms: Math.round(performance.now() - began),
      usage,
      summary,
      ...(failed && { failed: true as const }),
    });
  try {
    const { value, summary } = await withSpan(
      {
        name: start.name,
        scope: { [attribute.agentName]: agentName, ...subjectAttributes(start) },
        attributes: { [attribute.step]: start.kind, ...start.attributes },
        ...(start.links && { links: start.links }),
      },
      async (span) => {
        const step: Step = {
          span,
          addUsage: (more) => {
            usage = plusTokens(usage, more);
          },
          summary: '',
          reference: referenceOf(span),
          capture: (inputs, outputs) => captureStep(start.name, { inputs, outputs }),
        };
        try {
          return { value: await work(step), summary: step.summary };
        } catch (error) {
          throw placed(error, start, agentName, span);
        }
      },
    );
    finished(summary, false);
    return value;
  } catch (error) {
    finished(isCancelled(error) ? 'cancelled' : 'failed', true);
    throw error;
  }
}

/** The error with its place; whatever is not a StepError yet is a fault of ours. */
function placed(error: unknown, start: StepStart, agentName: string, span: Span): unknown {
  if (isCancelled(error)) return error;
  const failure =
    error instanceof StepError
      ? error
      : new StepError(
          'internal',
          // The message of an error that nobody foresaw may quote what a model wrote.
          `The step failed: ${recordsContent() ? messageOf(error) : errorType(error)}`,
          { cause: recordsContent() ? error : withoutMessage(error) },
        );
  failure.failedStep ??= {
    step: start.name,
    agent_name: agentName,
    span_id: referenceOf(span).span_id,
    ...(start.promptSha256 !== undefined && { prompt_sha256: start.promptSha256 }),
  };
  return failure;
}

/** What is left of an error whose message must not be told: its kind, and where it arose. */
function withoutMessage(error: unknown): Error {
  const bare = new Error(errorType(error));
  if (error instanceof Error) bare.stack = (error.stack ?? '').replace(error.message, () => '');
  return bare;
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 2_000);
}

function subjectAttributes(subject: Subject): Attributes {
  const attributes: Attributes = {};
  if (subject.itemId !== undefined) attributes[attribute.itemId] = subject.itemId;
  if (subject.criterionId !== undefined) attributes[attribute.criterionId] = subject.criterionId;
  if (subject.planId !== undefined) attributes[attribute.planId] = subject.planId;
  if (subject.attempt !== undefined) attributes[attribute.attempt] = subject.attempt;
  return attributes;
}

/** A link to the span that made a thing, from the thing's own `produced_by`. */
export function linkTo(
  made: { produced_by: Pick<ProducedBy, 'trace_id' | 'span_id'> },
  relationship: string,
  meant: Omit<SpanLink, 'to' | 'relationship'> = {},
): SpanLink {
  const { trace_id, span_id } = made.produced_by;
  return { to: { trace_id, span_id }, relationship, ...meant };
}
