import { attemptsOf } from './attempts.ts';
import { latest } from './executions.ts';
import {
  type EncodingProblem,
  executionOf,
  isInterrupted,
  moduleOf,
  numberOf,
  type RecordedSpan,
  type Trace,
  textOf,
  textsOf,
} from './model.ts';
import { countLastOf } from './parts.ts';
import { type SpanTree, treeOf } from './tree.ts';

/** One execution of a module's part of an attempt: `run_module_N` and the spans that belong to it. */
export interface ModuleRun {
  number: number;
  attempt: number;
  /** From 1. */
  execution: number;
  /** Of several executions the last one counts: its steps are those of the run. */
  counts: boolean;
  /** The `run_module_N` span. */
  root: RecordedSpan;
  /** The spans below the root in the same service. */
  spans: RecordedSpan[];
  /** The same by name. */
  named: Map<string, RecordedSpan[]>;
  /** The request that started it; null if it continues from a file, in a trace of its own. */
  request: RecordedSpan | null;
  server: RecordedSpan | null;
  /** The POST to the next module, of the last execution that called it. */
  hop: RecordedSpan | null;
  /** The execution that counts of the module before. */
  previous: ModuleRun | null;
  /** Whether it must have all its steps: it did not fail, or a complete run is required. */
  whole: boolean;
}

/** One attempt at a run, as the rules see it. */
export interface RunTrace {
  attempt: number;
  /** The attempt's spans; `tree` contains those of all attempts, since one may be below another's. */
  trace: Trace;
  tree: SpanTree;
  /** The attempt's modules, of each the execution that counts; they may be based on an earlier attempt's. */
  modules: ModuleRun[];
  /** The same and the executions before them. */
  executions: ModuleRun[];
  /** The span that counts for a step or `run_module_N` of an earlier execution; any other span for itself. */
  standIn(spanId: string): string;
  /** Every module is required, even if the run failed or was stopped early. */
  complete: boolean;
}

/** Spans of different clocks start in whole milliseconds, so a later span may seem to start up to one earlier. */
export const clockStep = 1_000_000n;

/** The attempts in a trace, in order; only the last one can be required to be complete. */
export function runsOf(trace: Trace, complete: boolean): RunTrace[] {
  const tree = treeOf(trace);
  const attempts = attemptsOf(trace, tree);
  if (attempts.size === 0) attempts.set(1, []);
  const last = Math.max(...attempts.keys());
  const numbers = new Map([...attempts].flatMap(([attempt, spans]) => spans.map((span) => [span, attempt])));
  const executions = modulesOf(trace, tree, numbers, complete ? last : null);
  const standIn = countLastOf(executions);
  return [...attempts].map(([attempt, spans]) => {
    const own = new Set(spans);
    const isOurs = ({ span_id }: EncodingProblem) => {
      const span = tree.byId.get(span_id);
      return span ? own.has(span) : attempt === last;
    };
    return {
      attempt,
      trace: { ...trace, spans, encoding_problems: trace.encoding_problems.filter(isOurs) },
      tree,
      modules: executions.filter((module) => module.attempt === attempt && module.counts),
      executions: executions.filter((module) => module.attempt === attempt),
      standIn,
      complete: complete && attempt === last,
    };
  });
}

function modulesOf(
  trace: Trace,
  tree: SpanTree,
  attempts: Map<RecordedSpan, number>,
  completeAttempt: number | null,
): ModuleRun[] {
  const roots = trace.spans.filter((span) => /^run_module_\d+$/.test(span.name));
  const isRoot = new Set(roots);
  const hops = Map.groupBy(trace.spans.filter(isHop), (span) => span.parent_span_id);
  const callers = new Map<RecordedSpan, ModuleRun>();
  const modules = roots.flatMap((root): ModuleRun[] => {
    const number = Number(/\d+$/.exec(root.name)?.[0]);
    if (moduleOf(root) !== number) return [];
    const inService = (span: RecordedSpan | null | undefined): span is RecordedSpan =>
      !!span && moduleOf(span) === number;
    const parent = tree.parentOf(root);
    const request = inService(parent) ? parent : null;
    const server = request && tree.parentOf(request);
    const attempt = attempts.get(root) ?? 1;
    const execution = executionOf(root);
    const calls = (hops.get(root.parent_span_id) ?? []).filter(
      (span) =>
        inService(span) &&
        attempts.get(span) === attempt &&
        (span.start >= root.start || executionOf(span) < execution),
    );
    const called = latest(calls);
    const hop = calls.find((span) => executionOf(span) === called);
    // Another module's run may be below, if it continues from a file.
    const spans = tree.below(root, (span) => isRoot.has(span)).filter(inService);
    const module: ModuleRun = {
      number,
      attempt,
      execution,
      counts: true,
      root,
      spans,
      named: Map.groupBy(spans, ({ name }) => name),
      request,
      server: inService(server) ? server : null,
      hop: hop ?? null,
      previous: null,
      whole: attempt === completeAttempt || !failed(root),
    };
    // Of several runs below one request, a call is that of the last one that began before it.
    for (const call of calls) callers.set(call, module);
    return [module];
  });
  const byRoot = new Map(modules.map((module) => [module.root.span_id, module]));
  for (const module of modules) {
    const linked = module.root.links.find((link) => link.attributes.relationship === 'predecessor');
    const caller = module.server && tree.parentOf(module.server);
    module.previous = byRoot.get(linked?.span_id ?? '') ?? (caller ? callers.get(caller) : null) ?? null;
  }
  return modules;
}

/** The run of an earlier module this one is based on; itself for its own number. */
export function earlier(module: ModuleRun, number: number): ModuleRun | null {
  let found: ModuleRun | null = module;
  const passed = new Set<ModuleRun>();
  while (found && found.number !== number && !passed.has(found)) {
    passed.add(found);
    found = found.previous;
  }
  return found?.number === number ? found : null;
}

export function spansNamed(module: ModuleRun | null, name: string): RecordedSpan[] {
  return module?.named.get(name) ?? [];
}

export function isHop(span: RecordedSpan): boolean {
  return span.name === 'POST' && span.kind === 'CLIENT';
}

/** A request whose run continues in the trace of the posted output. */
export function continuesInOtherTrace(server: RecordedSpan): boolean {
  return server.links.some(
    ({ attributes, lost, trace_id }) =>
      attributes.relationship === 'continued_in' || (lost && trace_id !== server.trace_id),
  );
}

/** It has no outcome, be it that its work failed or that it was interrupted. */
export function failed(span: RecordedSpan): boolean {
  return span.status.code === 'ERROR' || isInterrupted(span);
}

/** False if content is off: prompts, answers, reasons and texts are then not required. */
export function hasContent(span: RecordedSpan): boolean {
  return span.resource['agento.content'] !== 'off';
}

export const itemOf = (span: RecordedSpan) => textOf(span.attributes, 'agento.item.id');
export const criterionOf = (span: RecordedSpan) => textOf(span.attributes, 'agento.criterion.id');
export const attemptOf = (span: RecordedSpan) => numberOf(span.attributes, 'agento.attempt') ?? 0;
/** What a decision chose, from the span's attribute. */
export const chosenOf = (span: RecordedSpan) => textsOf(span.attributes, 'agento.decision.chosen');

/** Ids of the criteria module 1 selected; null if module 1 is not in the trace. */
export function pickedCriteria(module: ModuleRun): string[] | null {
  const [evaluation] = spansNamed(earlier(module, 1), 'criteria_evaluation');
  return evaluation ? chosenOf(evaluation) : null;
}

export function verdictsOf(span: RecordedSpan) {
  return span.events
    .filter((event) => event.name === 'gen_ai.evaluation.result')
    .map((event) => event.attributes);
}

/** Items with a failed verdict in module 3; null if module 3 is not in the trace. */
export function failedItems(module: ModuleRun): string[] | null {
  const third = earlier(module, 3);
  if (!third) return null;
  const failing = spansNamed(third, 'expansion_evaluation').filter(isFailedVerdict);
  return [...new Set(failing.map(itemOf))];
}

export function isFailedVerdict(span: RecordedSpan): boolean {
  return verdictsOf(span).some((verdict) => verdict['gen_ai.evaluation.score.label'] === 'fail');
}

/** The spans of one name in all finished runs of a module, each with its module's run. */
export function judged(
  run: RunTrace,
  spec: { module: number; span: string },
): { span: RecordedSpan; module: ModuleRun }[] {
  return run.modules
    .filter(({ number }) => number === spec.module)
    .flatMap((module) => spansNamed(module, spec.span).map((span) => ({ span, module })))
    .filter(({ span }) => !failed(span));
}
