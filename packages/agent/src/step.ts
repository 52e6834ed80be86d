import {
  type AttributesOf,
  type JudgedBy,
  type LinksOf,
  type ProducedBy,
  roleName,
  type StepDefinition,
  type StepName,
  type Subject,
  type SubjectsOf,
  subjects,
  type Usage,
  type VerdictOf,
} from '@agento/contracts';
import {
  type Attributes,
  attribute,
  captureStep,
  type Decision,
  errorType,
  isCancelled,
  recordDecision,
  recordsContent,
  recordVerdict,
  referenceOf,
  type Span,
  type SpanLink,
  setContent,
  type Verdict,
} from '@agento/tracing';
import { withMeasuredSpan } from '@agento/tracing/metrics';
import { StepError, throwIfCancelled } from './errors.ts';
import { type CallUsage, plusCall } from './ledger.ts';
import type { Run } from './run.ts';

/** The target of a link, and what it is about there; the key is the relationship. */
export type LinkTo = Omit<SpanLink, 'relationship'>;

/** `links` by relationship, as in the definition; none if it has none. */
export type Links<D extends StepDefinition> =
  Record<never, never> extends LinksOf<D, LinkTo>
    ? { links?: LinksOf<D, LinkTo> }
    : { links: LinksOf<D, LinkTo> };

/** What a step is about, and what it is based on. */
export type StepStart<D extends StepDefinition> = SubjectsOf<D> & Links<D>;

/** The result of a step: a line for people who watch, the attributes of its definition, and its content
 * where no other function records that. */
export type Outcome<D extends StepDefinition> = {
  summary: string;
  attributes: AttributesOf<D>;
} & (D['content'] extends object ? { content?: Record<keyof D['content'], unknown> } : { content?: never });

/** A step in progress. */
export interface Step<D extends StepDefinition = StepDefinition> {
  span: Span;
  /** Its span, for `produced_by` and links. */
  reference: { trace_id: string; span_id: string };
  /** What it is about, as in its events. */
  about: object;
  /** Counts the tokens of one model call. */
  addUsage(usage: CallUsage): void;
  /** Records the result. */
  finish(outcome: Outcome<D>): void;
  /** Records input and output, as JSON; see captureStep. */
  capture(inputs: unknown, outputs: unknown): void;
  /** Records its decision; only of a step whose definition has one. */
  decide: D['decision'] extends object ? (decision: Omit<Decision, 'kind'>) => void : never;
  /** Records one of the verdicts of its definition. */
  judge<N extends VerdictOf<D>>(name: N, judged: JudgedBy<NonNullable<D['verdicts']>[N]>): Verdict;
}

interface Extra {
  /** Default: the definition's only agent, or the module's role; for steps without a model. */
  agentName?: string;
  promptSha256?: string;
  attributes?: Attributes;
}

/**
 * Runs one step: its span, its events to the caller, and the failure's location if it fails.
 *
 * @throws what the work throws; a StepError names the innermost step that failed
 */
export async function step<D extends StepDefinition, T>(
  run: Run,
  definition: D,
  start: StepStart<D>,
  work: (step: Step<D>) => Promise<T>,
  { agentName = definition.agents?.[0] ?? roleName(run.module.type), promptSha256, attributes }: Extra = {},
): Promise<T> {
  throwIfCancelled(run.signal);
  const { name, kind } = definition;
  const about = subjectOf(definition, start, 'field');
  const place: StepName = { module: run.module.number, step: name, agent_name: agentName, ...about };
  const began = performance.now();
  run.emit('step.started', place);
  let usage: Usage = { input_tokens: 0, output_tokens: 0, cost_usd: 0 };
  let summary = '';
  const finished = (summary: string, failed: boolean) =>
    run.emit('step.finished', {
      ...place,
      duration_ms: Math.round(performance.now() - began),
      usage,
      summary,
      ...(failed && { failed: true as const }),
    });
  try {
    const value = await withMeasuredSpan(
      {
        name,
        scope: {
          [attribute.agentName]: agentName,
          [attribute.stepName]: name,
          ...subjectOf(definition, start, 'attribute'),
        },
        attributes: { [attribute.step]: kind, ...attributes },
        links: linksOf(start),
      },
      (operation) => run.count?.(operation),
      async (span) => {
        const step: Step<D> = {
          span,
          reference: referenceOf(span),
          about,
          addUsage: (more) => {
            usage = plusCall(usage, more);
          },
          finish(outcome) {
            summary = outcome.summary;
            span.setAttributes(outcome.attributes as Attributes);
            for (const [key, value] of Object.entries(outcome.content ?? {})) setContent(span, key, value);
          },
          capture: (inputs, outputs) => captureStep(name, { inputs, outputs }),
          decide: ((decision: Omit<Decision, 'kind'>) =>
            recordDecision(span, {
              kind: definition.decision?.kind ?? '',
              ...decision,
            })) as Step<D>['decide'],
          judge(verdict, judged) {
            const given = verdictOf(definition, verdict, judged as unknown as Judged);
            recordVerdict(span, given);
            return given;
          },
        };
        try {
          return await work(step);
        } catch (error) {
          throw placed(error, { name, agentName, promptSha256 }, span);
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

/** What a step is about, by the names of attributes or of event fields. */
function subjectOf(
  { about = [] }: StepDefinition,
  start: object,
  naming: 'attribute' | 'field',
): Record<string, string | number> {
  const ids = start as Record<Subject, string | number>;
  return Object.fromEntries(about.map((subject) => [subjects[subject][naming], ids[subject]]));
}

function linksOf({ links = {} }: { links?: Record<string, LinkTo | LinkTo[] | undefined> }): SpanLink[] {
  return Object.entries(links).flatMap(([relationship, to]) =>
    [to ?? []].flat().map((link) => ({ ...link, relationship })),
  );
}

/** Any verdict, as far as code that does not know the definition sees it. */
type Judged = Omit<Verdict, 'name' | 'score' | 'label'> & { score?: number; passes?: boolean };

/** Adds score and label as far as the definition determines them. */
function verdictOf(definition: StepDefinition, name: string, { passes, ...judged }: Judged): Verdict {
  const { passes: rule } = definition.verdicts?.[name] ?? {};
  const isScale = typeof rule === 'object';
  const score = (isScale ? rule.scores[judged.status ?? ''] : judged.score) ?? 0;
  const isPassed = isScale ? judged.status === rule.passes : rule === undefined ? passes : score >= rule;
  return { ...judged, name, score, label: isPassed ? 'pass' : 'fail' };
}

/** The error with its location; anything but a StepError is an internal fault. */
function placed(
  error: unknown,
  { name, agentName, promptSha256 }: { name: string; agentName: string; promptSha256: string | undefined },
  span: Span,
): unknown {
  if (isCancelled(error)) return error;
  const failure =
    error instanceof StepError
      ? error
      : new StepError(
          'internal',
          // The message of an unforeseen error may quote what a model wrote.
          `The step failed: ${recordsContent() ? messageOf(error) : errorType(error)}`,
          { cause: recordsContent() ? error : withoutMessage(error) },
        );
  failure.failedStep ??= {
    step: name,
    agent_name: agentName,
    span_id: referenceOf(span).span_id,
    ...(promptSha256 !== undefined && { prompt_sha256: promptSha256 }),
  };
  return failure;
}

/** An error whose message must not be shown: its kind, and where it was thrown. */
function withoutMessage(error: unknown): Error {
  const bare = new Error(errorType(error));
  if (error instanceof Error) bare.stack = (error.stack ?? '').replace(error.message, () => '');
  return bare;
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 2_000);
}

/** A link to the span that produced something, from its `produced_by`. */
export function linkTo(
  made: { produced_by: Pick<ProducedBy, 'trace_id' | 'span_id'> },
  meant: Omit<LinkTo, 'to'> = {},
): LinkTo {
  const { trace_id, span_id } = made.produced_by;
  return { to: { trace_id, span_id }, ...meant };
}
