import { Cancelled, type RecordedCall } from '@agento/agent';
import {
  type AgentUsage,
  chain,
  cut,
  moduleInfo,
  type Problem,
  type RunLimits,
  roleName,
  urlBelow,
} from '@agento/contracts';
import { CancelRequested, type Lease, LeaseLost, type Part, type RunStore } from '@agento/runs';
import {
  endInterrupted,
  keepRunSecrets,
  learnRunSecrets,
  type RunSecrets,
  restoreEntry,
  type SpanNote,
  type StoredEntry,
  withHopSpan,
  withoutCredentials,
} from '@agento/tracing';
import type { RunInput } from '../module.ts';
import { OutOfTime, problem, problemOf } from '../problem.ts';
import type { Service } from '../service.ts';
import { outputName } from './files.ts';
import type { LastOutput } from './finished-data.ts';
import { callNext } from './hop.ts';
import { createRecorder, type EventRecord, type Recorder } from './recorder.ts';
import { hasEnded } from './run-events.ts';
import { limitsAfter, limitsOf, timeOf } from './run-limits.ts';
import { readSpans, type SpanRecord } from './span-book.ts';
import { Suspended } from './suspended.ts';
import { doWork, type Work } from './work.ts';

/** How a part was asked for; kept with it. */
export interface Origin {
  entry: StoredEntry;
  /** The spans of the request that began it. */
  request: SpanNote[];
  /** Whether the run is cancelled when its caller leaves. */
  attended: boolean;
}

/** What the service notes of a part. */
export interface PartNotes {
  trace_id?: string;
  /** The module's own work is done; its output is written. */
  worked?: boolean;
  /** The next module was asked. */
  gone_on?: boolean;
  /** Calls, tokens and cost, of all modules that are known. */
  usage?: AgentUsage[];
  /** Number of the module whose output the run ended with. */
  output_of?: number;
  problem?: Problem;
  /** What it may use after it was resumed, where that was said. */
  limits?: RunLimits;
  /** Who asked for it again after it had failed. */
  resume?: string;
}

/** How an execution ended. */
export type Ending =
  | { state: 'finished'; output: LastOutput }
  | { state: 'failed' | 'cancelled'; problem: Problem; cause: unknown }
  /** It goes on elsewhere or later. */
  | { state: 'suspended' };

/** Of whoever asked for the run and is still here. */
export interface Caller {
  secrets?: RunSecrets;
  /** Called when an execution's span has begun. */
  onStart?(span: { trace_id: string; span_id: string }): void;
}

/**
 * Executes a part, for the first time or again: ends the spans of those who died, does the module's work with the calls
 * that were recorded, has the next module go on, and records the end.
 *
 * @param stop aborted with Suspended when the service is being stopped
 * @param onWorked called when only the next module is waited for
 */
export async function execute(
  service: Service,
  lease: Lease,
  stop: AbortSignal,
  caller: Caller,
  onWorked: () => void,
): Promise<Ending> {
  const { part } = lease;
  if (hasEnded(part)) return remakeEvidence(service, lease, stop);
  const aborted = new AbortController();
  const time = timeOf(service, part);
  const timer = setTimeout(() => aborted.abort(time.over), time.ms);
  const unlink = [link(stop, aborted, ({ reason }) => reason), link(lease.signal, aborted, reasonOf)];
  try {
    keepRunSecrets(caller.secrets ?? (await learnRunSecrets(part.input)));
    if (part.state === 'queued') await lease.change({ state: 'running' });
    const output = await carryOut(service, lease, aborted.signal, caller, onWorked);
    await lease
      .change({ state: 'finished', notes: { output_of: output.module } satisfies PartNotes })
      .catch(keepOn((error) => noteFileError(service, part, error)));
    return { state: 'finished', output };
  } catch (error) {
    return await endingOf(service, lease, aborted.signal, error);
  } finally {
    clearTimeout(timer);
    for (const end of unlink) end();
  }
}

/** Of a part whose process died just after its end: what was not safe yet is made again. No model is asked. */
async function remakeEvidence(service: Service, lease: Lease, signal: AbortSignal): Promise<Ending> {
  const { part } = lease;
  keepRunSecrets(await learnRunSecrets(part.input));
  const execution = await open(service, lease);
  if (part.state === 'finished' && execution.earlier.lost.length > 0) {
    await work(service, lease, execution, { signal, limits: {}, write: async () => {} });
  }
  return (await endOf(service.store, part)) ?? { state: 'suspended' };
}

async function endingOf(
  service: Service,
  lease: Lease,
  signal: AbortSignal,
  error: unknown,
): Promise<Ending> {
  const cause = signal.aborted && error instanceof Cancelled ? (signal.reason as unknown) : error;
  if (cause instanceof Suspended || cause instanceof LeaseLost) return { state: 'suspended' };
  const given = placed(problemOf(cause), lease.part);
  const state = cause instanceof Cancelled && !(cause instanceof OutOfTime) ? 'cancelled' : 'failed';
  try {
    await lease.change({ state, notes: { problem: given } satisfies PartNotes });
  } catch (failure) {
    if (failure instanceof LeaseLost) return { state: 'suspended' };
    // The caller still learns why the run failed.
    noteFileError(service, lease.part, failure);
  }
  return { state, problem: given, cause };
}

/** The problem with its run, wherever it is shown; a later module's own is kept. */
function placed(problem: Problem, { runId, module, notes }: Part): Problem {
  const { trace_id } = notes as PartNotes;
  return { run_id: runId, ...(trace_id !== undefined && { trace_id }), module, instance: '/run', ...problem };
}

/** What an execution has at hand. */
interface Opened {
  earlier: Awaited<ReturnType<typeof earlierExecutions>>;
  recorder: Recorder;
  /** Whether everything could be written down so far. */
  isWritten(): boolean;
  onFileError(error: unknown): void;
}

/** Begins to record, and ends the spans of those who died. */
async function open(service: Service, lease: Lease): Promise<Opened> {
  const { part } = lease;
  let written = true;
  const onFileError = (error: unknown) => {
    written = false;
    noteFileError(service, part, error);
  };
  const earlier = await earlierExecutions(service, part);
  const recorder = createRecorder(lease, earlier, onFileError);
  service.spans.open(part, (record) => recorder.span(record));
  // Ended here, they can be lost here.
  service.spans.expect(part, earlier.lost);
  endInterrupted(earlier.lost, earlier.until);
  return { earlier, recorder, isWritten: () => written, onFileError };
}

function work(
  service: Service,
  { part }: Lease,
  { earlier, recorder, onFileError }: Opened,
  how: Pick<Work, 'signal' | 'limits' | 'write'> & Partial<Pick<Work, 'onStart'>>,
) {
  const { number } = service.module.info;
  return doWork(service, {
    onStart: () => {},
    ...how,
    runId: part.runId,
    attempt: part.attempt,
    execution: part.executions,
    resumedFrom: earlier.executions,
    input: part.input as RunInput,
    entry: restoreEntry((part.origin as Origin).entry),
    nextModule: nextUrlOf(service, part) === null ? 0 : number + 1,
    journal: recorder.journal,
    emit(name, data) {
      service.metrics.observe(name, data);
      recorder.event(name, data);
    },
    onFileError,
  });
}

function nextUrlOf({ module, settings }: Service, { input }: Part): string | null {
  const last = (input as RunInput).stop_after ?? chain.length;
  return last > module.info.number ? settings.nextUrl : null;
}

async function carryOut(
  service: Service,
  lease: Lease,
  signal: AbortSignal,
  caller: Caller,
  onWorked: () => void,
): Promise<LastOutput> {
  const { part } = lease;
  const { number } = service.module.info;
  const notes = part.notes as PartNotes;
  const execution = await open(service, lease);
  const { earlier, recorder, onFileError, isWritten } = execution;
  let text = notes.worked ? await fileOf(service.store, part, number) : null;
  if (text === null || earlier.lost.length > 0) {
    // What was handed on is not written again: only its evidence was lost.
    const isDone = text !== null;
    const worked = await work(service, lease, execution, {
      signal,
      limits: limitsOf(service, part),
      write: (name, content) => (isDone ? Promise.resolve() : lease.writeFile(name, content)),
      onStart(span) {
        caller.onStart?.(span);
        notes.trace_id = span.trace_id;
        void lease.change({ notes: { trace_id: span.trace_id } satisfies PartNotes }).catch(() => {});
      },
    });
    text ??= worked.text;
    await recorder.written();
    await lease
      .change({ notes: { worked: isWritten(), usage: worked.usage } satisfies PartNotes })
      .catch(keepOn(onFileError));
  }
  if (isWritten()) service.fileError = null;
  onWorked();
  const nextUrl = nextUrlOf(service, part);
  return nextUrl === null ? { text, module: number } : goOn(service, lease, execution, nextUrl, text, signal);
}

/** Has the next module go on, and waits for the end of the run there. */
async function goOn(
  service: Service,
  lease: Lease,
  { onFileError, isWritten }: Opened,
  nextUrl: string,
  text: string,
  signal: AbortSignal,
): Promise<LastOutput> {
  const { module, settings } = service;
  const { part } = lease;
  const { number, type } = module.info;
  const input = part.input as RunInput;
  await lease.change({ notes: { gone_on: true } satisfies PartNotes }).catch(keepOn(onFileError));
  const shown = withoutCredentials(urlBelow(nextUrl, '/run'));
  const folder = part.attempt === 1 ? part.runId : `${part.runId}/attempts/${part.attempt}`;
  const output = await withHopSpan(
    {
      module: module.info,
      entry: restoreEntry((part.origin as Origin).entry),
      agentName: roleName(type),
      runId: part.runId,
      runAttempt: part.attempt,
      execution: part.executions,
      sessionId: input.session_id,
      url: shown,
    },
    (span) =>
      callNext({
        base: nextUrl,
        key: settings.hopKey,
        dispatcher: service.dispatcher,
        runId: part.runId,
        attempt: part.attempt,
        resume: (part.notes as PartNotes).resume ?? null,
        body: handedOver(text, input, limitsAfter(service, part)),
        module: moduleInfo(number + 1).number,
        goOn: isWritten()
          ? `To continue once it is back, post runs/${folder}/${outputName(number)} of AGENTO_DATA_DIR to ${shown}`
          : 'The previous output could not be written, so the run must be started again',
        span,
        signal,
        patienceMs: settings.hopWaitMs,
      }),
  );
  await keepOutput(service, lease, output).catch(keepOn(onFileError));
  return output;
}

/** The body of the hop: the output, and the options that apply to the modules after. */
function handedOver(text: string, { stop_after }: RunInput, limits: RunLimits | undefined): string {
  const options = { ...(stop_after !== undefined && { stop_after }), ...(limits && { limits }) };
  return Object.keys(options).length === 0 ? text : JSON.stringify({ ...JSON.parse(text), ...options });
}

/** Keeps the last module's output where its own service has not left it here already. */
async function keepOutput({ store }: Service, lease: Lease, { text, module }: LastOutput): Promise<void> {
  const { usage = [] } = JSON.parse(text) as { usage?: AgentUsage[] };
  const name = outputName(module);
  if ((await store.readFile(lease.part, name)) === null) await lease.writeFile(name, text);
  await lease.change({ notes: { usage } satisfies PartNotes });
}

async function fileOf(store: RunStore, part: Part, module: number): Promise<string | null> {
  const bytes = await store.readFile(part, outputName(module));
  return bytes === null ? null : Buffer.from(bytes).toString();
}

/** The end of a part as the store has it; null while there is none. */
export async function endOf(store: RunStore, part: Part): Promise<Ending | null> {
  const notes = part.notes as PartNotes;
  if (part.state === 'failed' || part.state === 'cancelled') {
    const given = notes.problem ?? problem('internal', 500, 'The run failed');
    return { state: part.state, problem: given, cause: null };
  }
  if (part.state !== 'finished') return null;
  const module = notes.output_of ?? part.module;
  const text = await fileOf(store, part, module);
  if (text !== null) return { state: 'finished', output: { text, module } };
  const detail = 'The run finished, but its output is not here any more';
  return { state: 'failed', problem: problem('not-found', 404, detail), cause: null };
}

/** What the executions before this one left; nothing for the first. */
async function earlierExecutions({ store, module }: Service, part: Part) {
  if (part.executions === 1) return { calls: [], events: [], lost: [], executions: [], until: 0 };
  const dataOf = async <T>(stream: 'calls' | 'events' | 'spans') =>
    (await store.records(part, stream)).map(({ data }) => data as T);
  const calls = await dataOf<RecordedCall>('calls');
  const events = await dataOf<EventRecord>('events');
  const left = readSpans(
    (part.origin as Origin).request,
    await dataOf<SpanRecord>('spans'),
    `run_module_${module.info.number}`,
  );
  // The last sign of life: nobody knows more exactly when the process died.
  const until = Math.max(
    part.changedAt,
    ...calls.map(({ recordedAt }) => recordedAt),
    ...left.lost.map(({ started_at }) => started_at),
  );
  return { calls, events, ...left, until };
}

function noteFileError(service: Service, { runId }: Part, error: unknown): void {
  service.fileError = cut(error instanceof Error ? error.message : String(error), 300);
  service.log.error({ err: error, run_id: runId }, 'the run could not be written down');
}

/** A disk that fails does not end a run that has been paid for; whoever lost the lease stops. */
function keepOn(onError: (error: unknown) => void): (error: unknown) => void {
  return (error) => {
    if (error instanceof LeaseLost) throw error;
    onError(error);
  };
}

function reasonOf({ reason }: AbortSignal): unknown {
  if (reason instanceof CancelRequested) return new Cancelled(reason.message, { cause: reason });
  return reason instanceof LeaseLost ? new Suspended(reason.message, { cause: reason }) : reason;
}

function link(from: AbortSignal, to: AbortController, reason: (signal: AbortSignal) => unknown): () => void {
  const follow = () => to.abort(reason(from));
  if (from.aborted) follow();
  else from.addEventListener('abort', follow, { once: true });
  return () => from.removeEventListener('abort', follow);
}
