import { criticalPath } from '../critical-path.ts';
import { lostRoots } from '../executions.ts';
import { gapsOf } from '../gaps.ts';
import { isOwn, numberOf, type RecordedSpan, type Trace, textOf } from '../model.ts';
import { hasShed } from '../payload.ts';
import { steps as definitions } from '../rules/steps.ts';
import { type RunTrace, runsOf } from '../run.ts';
import { type Totals, totals } from '../totals.ts';
import { answerToRepair, type Call, callOf } from './call.ts';
import { type Constraint, type Criterion, constraintsOf, criteriaOf } from './criteria.ts';
import { type Decision, decisionOf } from './decision.ts';
import type { Failure } from './failure.ts';
import {
  type Guardrail,
  guardrailsOf,
  type QualityReport,
  qualityOf,
  type Search,
  searchOf,
} from './findings.ts';
import { type Link, linksOf } from './link.ts';
import { textIn } from './loose.ts';
import { type Outcome, outcomeOf } from './outcome.ts';
import { basisOf, countingSpans, type ModulePart, partOf } from './parts.ts';
import { type Plan, plansOf } from './plans.ts';
import { notRecorded, type Recorded, recordedOf } from './recorded.ts';
import { type RevisionRequest, requestsOf } from './requests.ts';
import { runsIn } from './runs-in.ts';
import { type Step, stepOf } from './step.ts';
import { type Suggestion, suggestionsOf } from './suggestions.ts';
import { type Item, itemsOf } from './texts.ts';
import { type Verdict, verdictsIn } from './verdict.ts';

/** A prompt that was in use, by its file's version and hash. */
export interface PromptVersion {
  agent: string;
  version: string;
  sha256: string;
}

/**
 * One attempt at a run, read from its spans alone, with the modules of earlier attempts that it goes on from. Lists are
 * in the order of time. Of a module that was executed several times `steps` has all, and everything else only the
 * execution that counts. What a trace does not hold is null, an empty list, or says why (Recorded).
 */
export interface RunReading {
  trace_id: string;
  /** Empty if unknown. */
  run_id: string;
  /** This attempt, and all that are in the trace. */
  run_attempt: number;
  run_attempts: number[];
  session_id: string | null;
  goal: Recorded;
  /** The background the user gave; without it, and while content is off, null. */
  context: string | null;
  /** Milliseconds since 1970. */
  started_ms: number;
  /** From the first span's start to the last one's end. */
  wall_ms: number;
  outcome: Outcome;
  /** At the step where it happened. */
  error: Failure | null;
  /** The share of criteria that the finished plan fully meets; null if it was not judged. */
  score: number | null;
  /** Model calls, tokens and cost of this attempt alone. */
  usage: Totals;
  prompts: PromptVersion[];
  /** False if content was switched off for any of its services. */
  has_content: boolean;
  /** What is known to be missing, in words; empty for a trace that is complete as far as it says itself. */
  gaps: string[];
  /** Spans that were too large to be sent whole, and shed texts. */
  shed: string[];
  span_count: number;
  modules: ModulePart[];
  steps: Step[];
  calls: Call[];
  decisions: Decision[];
  verdicts: Verdict[];
  criteria: Criterion[];
  constraints: Constraint[];
  plans: Plan[];
  items: Item[];
  requests: RevisionRequest[];
  suggestions: Suggestion[];
  guardrails: Guardrail[];
  /** Null if the run did not come to it, or its module is not here. */
  search: Search | null;
  quality: QualityReport | null;
  links: Link[];
}

/** Every attempt at every run in a trace, in order; none for a trace without any of Agento's modules. */
export function readRuns(trace: Trace): RunReading[] {
  return runsIn(trace).flatMap((own) => {
    const runs = runsOf(own, false).filter(({ trace }) => trace.spans.some(isStepOrModule));
    return runs.map((run) =>
      readingOf(
        run,
        runs.map(({ attempt }) => attempt),
      ),
    );
  });
}

const stepNames = new Set(definitions.map(({ name }) => name));
const isStep = (span: RecordedSpan) => isOwn(span) && stepNames.has(span.name);
const isModule = (span: RecordedSpan) => /^run_module_\d+$/.test(span.name);
const isStepOrModule = (span: RecordedSpan) => isStep(span) || isModule(span);

function readingOf(run: RunTrace, run_attempts: number[]): RunReading {
  const { trace, tree } = run;
  const basis = basisOf(run);
  const counting = countingSpans(run, basis);
  const spans = [...counting.keys()].sort((one, other) => Number(one.start - other.start));
  const spansOfSteps = new Map(spans.filter(isStep).map((span) => [span.span_id, span]));
  const waited = waitedFor(run);
  const calls = [...spansOfSteps.values()].map((step) => callsOf(step, run, waited));
  const steps = [...spansOfSteps.values()].map((span, index) =>
    stepOf(span, {
      run_attempt: numberOf(span.attributes, 'agento.run.attempt') ?? 1,
      counts: counting.get(span) ?? true,
      calls: (calls[index] ?? []).map(({ span_id }) => span_id),
      critical_ms: waited.get(span.span_id) ?? 0,
    }),
  );
  const counted = steps.filter((step) => step.counts);
  const countedSpans = counted.flatMap(({ span_id }) => spansOfSteps.get(span_id) ?? []);
  const decisions = countedSpans.flatMap((span) => decisionOf(span) ?? []);
  const verdicts = countedSpans.flatMap(verdictsIn);
  const links = spans.filter((span) => counting.get(span)).flatMap((span) => linksOf(span, run));
  const plans = plansOf(counted, decisions);
  const modules = basis.map(partOf);
  // Sorted by start; a span without one begins at 0.
  const started = trace.spans.find(({ start }) => start > 0n)?.start ?? 0n;
  return {
    trace_id: trace.trace_id,
    run_id: firstText(spans, 'agento.run.id') ?? '',
    run_attempt: run.attempt,
    run_attempts,
    session_id: firstText(spans, 'session.id'),
    goal: goalOf(spans, counted),
    context: counted.map(({ input }) => textIn(input, 'context')).find((text) => text !== null) ?? null,
    started_ms: Number(started) / 1e6,
    wall_ms: trace.spans.reduce((most, { end }) => Math.max(most, Number(end - started)), 0) / 1e6,
    ...outcomeOf(modules, decisions, counted),
    score: scoreOf(countedSpans),
    usage: totals(trace),
    prompts: promptsOf(counted),
    has_content: steps.every(({ has_content }) => has_content),
    gaps: [
      ...gapsOf(trace, tree, lostRoots(trace.spans)),
      ...trace.encoding_problems.filter(({ rule }) => rule === 'encoding.json').map(({ detail }) => detail),
    ],
    shed: spans.filter(hasShed).map(({ span_id }) => span_id),
    span_count: trace.spans.length,
    modules,
    steps,
    calls: calls.flat().sort((one, other) => one.started_ms - other.started_ms),
    decisions,
    verdicts,
    criteria: criteriaOf(counted, decisions),
    constraints: constraintsOf(counted),
    plans,
    items: itemsOf(counted, spansOfSteps, links, plans),
    requests: requestsOf(counted, links, decisions, verdicts, spansOfSteps),
    suggestions: suggestionsOf(counted, spansOfSteps, verdicts),
    guardrails: guardrailsOf(counted, spansOfSteps),
    search: searchOf(counted),
    quality: qualityOf(counted),
    links,
  };
}

/** The calls of a step, those of its tools among them. */
function callsOf(step: RecordedSpan, { tree }: RunTrace, waited: Map<string, number>): Call[] {
  const below = tree
    .below(step, isStepOrModule)
    .filter((span) => span.attributes['gen_ai.operation.name'] === 'chat');
  const own = below.filter(({ parent_span_id }) => parent_span_id === step.span_id);
  const calls = below
    .sort((one, other) => Number(one.start - other.start))
    .map((span) => callOf(span, step, span === own[0], span === own.at(-1), waited.get(span.span_id) ?? 0));
  return calls.map((call, index) => {
    const next = calls[index + 1];
    const answer = call.answer.value === null && next ? answerToRepair(next) : null;
    return answer ? { ...call, answer } : call;
  });
}

/** The critical path by span: its own part and that of what is below it, except steps. */
function waitedFor({ trace, tree }: RunTrace): Map<string, number> {
  const sums = new Map<string, number>();
  for (const [id, milliseconds] of criticalPath(trace.spans)) {
    if (milliseconds === 0) continue;
    let at = tree.byId.get(id) ?? null;
    while (at) {
      sums.set(at.span_id, (sums.get(at.span_id) ?? 0) + milliseconds);
      at = isStepOrModule(at) ? null : tree.parentOf(at);
    }
  }
  return sums;
}

/** Of module 1, or where that is not here, or has not ended yet, as its agents were shown it. */
function goalOf(spans: RecordedSpan[], steps: Step[]): Recorded {
  const root = spans.find(
    ({ attributes }) => 'user.goal' in attributes || 'user.goal_truncated' in attributes,
  );
  if (root) return recordedOf(root, 'user.goal');
  const shown = steps.map(({ input }) => textIn(input, 'goal')).find((goal) => goal !== null);
  return shown ? { value: shown, state: 'whole' } : notRecorded(spans[0]);
}

function scoreOf(spans: RecordedSpan[]): number | null {
  const check = spans.find(({ name }) => name === 'quality_check');
  return check ? numberOf(check.attributes, 'agento.quality.share_met') : null;
}

function promptsOf(steps: Step[]): PromptVersion[] {
  const versions = steps.flatMap(({ agent, prompt_version: version, prompt_sha256: sha256 }) =>
    version !== null && sha256 !== null
      ? [[`${agent} ${version} ${sha256}`, { agent, version, sha256 }] as const]
      : [],
  );
  return [...new Map(versions).values()];
}

function firstText(spans: RecordedSpan[], key: string): string | null {
  for (const { attributes } of spans) {
    const text = textOf(attributes, key);
    if (text !== '') return text;
  }
  return null;
}
