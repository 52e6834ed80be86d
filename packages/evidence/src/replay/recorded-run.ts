import { type CallPlace, chain, placeOfCall } from '@agento/contracts';
import { callsOf } from '../calls.ts';
import { isInterrupted, moduleOf, numberOf, type RecordedSpan, type Trace, textOf } from '../model.ts';
import { runsIn } from '../reading/runs-in.ts';
import { failed, type ModuleRun, type RunTrace, runsOf, spansNamed } from '../run.ts';
import type { SpanTree } from '../tree.ts';
import { hasModules } from '../validate.ts';

/** The run cannot be replayed; the message is a sentence that says why. */
export class NotReplayable extends Error {
  override name = 'NotReplayable';
}

/** A call of a run, and the step that made it. */
export interface RecordedCall {
  key: string;
  place: CallPlace;
  /** The call that was answered; where none was, the last one. */
  chat: RecordedSpan;
  isAnswered: boolean;
  /** In the execution that counts, where a process died: whole, and at times that can be compared with those of others. */
  step: RecordedSpan;
  /** The attempt of the module that made it. */
  attempt: number;
  /** Who answered, and what it took: tokens and US dollars, null where they are not known. */
  spent: { model: string; provider: string; input: number | null; output: number | null; usd: number | null };
}

/** One run of a trace, as a replay sees it. */
export interface RecordedRun {
  run_id: string;
  /** The caller's session, where one was given. */
  session_id: string | null;
  /** The attempt that is replayed, and all that the trace has. */
  attempt: number;
  attempts: number[];
  /** The module after which it was stopped; null where it was not, or failed. */
  stopped_after: number | null;
  /** It waited for a person to decide. */
  waited: boolean;
  tree: SpanTree;
  /** From the first to the last that worked in that attempt, whichever attempt they belong to. */
  modules: ModuleRun[];
  /** In the order in which they were made. */
  calls: RecordedCall[];
}

/**
 * The run in these traces, in one of its attempts.
 *
 * @param runId which run, where there are several: its id, or how that begins
 * @param number which attempt; absent: the newest that finished, or where none did the newest
 * @throws NotReplayable
 */
export function recordedRun(traces: readonly Trace[], runId?: string, number?: number): RecordedRun {
  const own = oneRun(traces, runId);
  const all = runsOf(own, false);
  const { run, modules } = chosenAttempt(all, number);
  const [first] = modules;
  const last = modules.at(-1);
  if (!first || !last || first.number !== 1) throw new NotReplayable(whyNoStart(own, modules));
  refuseUnfinished(last);
  const calls = modules
    .flatMap((module) => callsOfModule(module, own, run))
    .sort((one, other) => Number(one.chat.start - other.chat.start));
  if (calls.length === 0) {
    const why = 'No call in the trace has an agento.call.key: it is of an earlier version';
    throw new NotReplayable(`${why}, or no model was asked.`);
  }
  const run_id = textOf(first.root.attributes, 'agento.run.id');
  const next = numberOf(last.root.attributes, 'agento.next_module');
  return {
    run_id,
    session_id: textOf(first.root.attributes, 'session.id') || null,
    attempt: run.attempt,
    attempts: all.map(({ attempt }) => attempt),
    stopped_after: next === 0 && last.number < chain.length ? last.number : null,
    waited: modules.some(({ root }) => Number(root.attributes['agento.review.requests'] ?? 0) > 0),
    tree: run.tree,
    modules,
    calls,
  };
}

function chosenAttempt(all: RunTrace[], wanted: number | undefined): { run: RunTrace; modules: ModuleRun[] } {
  const lines = all.map((run) => ({ run, modules: lineOf(run.modules) }));
  const found =
    wanted === undefined
      ? (lines.findLast(({ modules }) => isFinished(modules.at(-1))) ?? lines.at(-1))
      : lines.find(({ run }) => run.attempt === wanted);
  if (found) return found;
  const known = all.map(({ attempt }) => attempt).join(', ');
  throw new NotReplayable(`The run has no attempt ${wanted} in the trace: it has ${known}.`);
}

/** It ended with an output: of the last module, or of the one after which it was stopped. */
function isFinished(last: ModuleRun | undefined): boolean {
  return (
    last !== undefined && !failed(last.root) && numberOf(last.root.attributes, 'agento.next_module') === 0
  );
}

/** The calls of a module's part of its attempt, each key once. */
function callsOfModule(
  { number, attempt }: ModuleRun,
  { spans }: Trace,
  { tree, standIn }: RunTrace,
): RecordedCall[] {
  const { needed, replayed } = callsOf(
    spans.filter((span) => moduleOf(span) === number && attemptOf(span) === attempt),
  );
  const byKey = Map.groupBy([...needed, ...replayed], ({ attributes }) =>
    textOf(attributes, 'agento.call.key'),
  );
  return [...byKey].flatMap(([key, same]): RecordedCall[] => {
    const answered = same.find((span) => !failed(span));
    const chat = answered ?? same.at(-1);
    const step = chat && stepOf(chat, tree);
    const place = placeOfCall(key);
    if (!chat || !step || !place) return [];
    const counting = tree.byId.get(standIn(step.span_id)) ?? step;
    return [
      { key, place, chat, isAnswered: answered !== undefined, step: counting, attempt, spent: spentOn(chat) },
    ];
  });
}

function spentOn({ attributes }: RecordedSpan): RecordedCall['spent'] {
  return {
    model: textOf(attributes, 'gen_ai.response.model') || textOf(attributes, 'gen_ai.request.model'),
    provider: textOf(attributes, 'gen_ai.provider.name'),
    input: numberOf(attributes, 'gen_ai.usage.input_tokens'),
    output: numberOf(attributes, 'gen_ai.usage.output_tokens'),
    usd: numberOf(attributes, 'agento.cost.usd'),
  };
}

/** Bytes of the output that a module handed on; 0 if it is not known. */
export function outputSizeOf(module: ModuleRun): number {
  const [created] = spansNamed(module, 'output_creation');
  return (created && numberOf(created.attributes, 'agento.output.size')) ?? 0;
}

/** The spans of one run alone; of several traces of it the newest. */
function oneRun(traces: readonly Trace[], runId: string | undefined): Trace {
  const runs = new Map(
    traces
      .filter(hasModules)
      .flatMap(runsIn)
      .sort((one, other) => Number(startOf(one) - startOf(other)))
      .map((own) => [idOf(own), own]),
  );
  const wanted = runId?.toLowerCase();
  const meant = [...runs].filter(([id]) => wanted !== undefined && id.startsWith(wanted));
  const [only, ...others] = meant.length > 0 ? meant : runs;
  if (!only) {
    throw new NotReplayable(
      'The trace has no span of Agento’s modules: only runs of Agento can be replayed.',
    );
  }
  if (others.length === 0) return only[1];
  const ids = [...runs.keys()].slice(0, 8).join(', ');
  throw new NotReplayable(`The trace holds ${runs.size} runs: name one by its id, ${ids} (--run).`);
}

const startOf = ({ spans }: Trace): bigint => spans[0]?.start ?? 0n;

function idOf({ spans }: Trace): string {
  const named = spans.find(({ attributes }) => textOf(attributes, 'agento.run.id') !== '');
  return named ? textOf(named.attributes, 'agento.run.id') : '';
}

/** The last module, and those it is based on, from the first. */
function lineOf(modules: ModuleRun[]): ModuleRun[] {
  const line: ModuleRun[] = [];
  let at = modules.reduce<ModuleRun | null>(
    (last, module) => (last && last.number >= module.number ? last : module),
    null,
  );
  for (; at && !line.includes(at); at = at.previous) line.unshift(at);
  return line;
}

function whyNoStart({ spans }: Trace, [first]: ModuleRun[]): string {
  if (first)
    return `The run begins in module ${first.number} in this trace: its beginning is in another, or lost.`;
  return spans.some(({ name }) => /^(chat |POST)/.test(name))
    ? 'The run has not ended, or its first module is not in the trace: replay it when it has.'
    : 'The trace holds no run_module_1: there is no run to replay.';
}

/** A run that goes on may yet need what a replay would not find. */
function refuseUnfinished({ number, root, hop }: ModuleRun): void {
  const next = numberOf(root.attributes, 'agento.next_module') ?? 0;
  const goesOn = !failed(root) && next > 0 && !(hop && failed(hop));
  if (isInterrupted(root) || goesOn) {
    const what = goesOn
      ? `module ${number} handed it on, and run_module_${next} is not in the trace`
      : `run_module_${number} was interrupted, and nobody has gone on with it`;
    throw new NotReplayable(`The run has not ended: ${what}. Replay it when it has.`);
  }
}

function attemptOf({ attributes }: RecordedSpan): number {
  return numberOf(attributes, 'agento.run.attempt') ?? 1;
}

/** The step that asked: a call may be below a tool of its step. */
function stepOf(chat: RecordedSpan, tree: SpanTree): RecordedSpan | null {
  let at = tree.parentOf(chat);
  for (let depth = 0; at && depth < 8; depth += 1, at = tree.parentOf(at)) {
    if (at.attributes['agento.step'] === 'agent.run') return at;
  }
  return null;
}
