import { Cancelled, type RecordedCall } from '@agento/agent';
import {
  type AgentUsage,
  chain,
  cut,
  moduleInfo,
  type Problem,
  type RunEventName,
  type RunEvents,
  roleName,
  urlBelow,
} from '@agento/contracts';
import { CancelRequested, type Lease, LeaseLost, type Part } from '@agento/runs';
import {
  endInterrupted,
  keepRunSecrets,
  learnRunSecrets,
  type RunSecrets,
  restoreEntry,
  type StoredEntry,
  withHopSpan,
  withoutCredentials,
} from '@agento/tracing';
import type { RunInput } from '../module.ts';
import { OutOfTime, problemOf } from '../problem.ts';
import type { Service } from '../service.ts';
import { outputName } from './files.ts';
import type { LastOutput } from './finished-data.ts';
import { callNext } from './hop.ts';
import { createRecorder, type EventRecord } from './recorder.ts';
import { readSpans, type SpanRecord } from './span-book.ts';
import { Suspended } from './suspended.ts';
import { doWork } from './work.ts';

/** How a part was asked for; kept with it. */
export interface Origin {
  entry: StoredEntry;
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
  onStart?(part: Part, span: { trace_id: string; span_id: string }): void;
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
  const { settings } = service;
  const aborted = new AbortController();
  const timer = setTimeout(
    () => aborted.abort(new OutOfTime(`The run took longer than ${settings.runTimeoutMs} ms`)),
    settings.runTimeoutMs,
  );
  const unlink = [link(stop, aborted, ({ reason }) => reason), link(lease.signal, aborted, reasonOf)];
  try {
    keepRunSecrets(caller.secrets ?? (await learnRunSecrets(part.input)));
    const output = await carryOut(service, lease, aborted.signal, caller, onWorked);
    await lease.change({ state: 'finished', notes: { output_of: output.module } satisfies PartNotes });
    return { state: 'finished', output };
  } catch (error) {
    return await endingOf(lease, aborted.signal, error);
  } finally {
    clearTimeout(timer);
    for (const end of unlink) end();
  }
}

async function endingOf(lease: Lease, signal: AbortSignal, error: unknown): Promise<Ending> {
  const cause = signal.aborted && error instanceof Cancelled ? (signal.reason as unknown) : error;
  if (cause instanceof Suspended || cause instanceof LeaseLost) return { state: 'suspended' };
  const problem = placed(problemOf(cause), lease.part);
  const state = cause instanceof Cancelled && !(cause instanceof OutOfTime) ? 'cancelled' : 'failed';
  try {
    await lease.change({ state, notes: { problem } satisfies PartNotes });
  } catch (failure) {
    if (failure instanceof LeaseLost) return { state: 'suspended' };
    throw failure;
  }
  return { state, problem, cause };
}

/** The problem with its run, wherever it is shown; a later module's own is kept. */
function placed(problem: Problem, { runId, module, notes }: Part): Problem {
  const { trace_id } = notes as PartNotes;
  return { run_id: runId, ...(trace_id !== undefined && { trace_id }), module, instance: '/run', ...problem };
}

async function carryOut(
  service: Service,
  lease: Lease,
  signal: AbortSignal,
  caller: Caller,
  onWorked: () => void,
): Promise<LastOutput> {
  const { module, settings, spans } = service;
  const { part } = lease;
  const { number } = module.info;
  const input = part.input as RunInput;
  const notes = part.notes as PartNotes;
  const entry = restoreEntry((part.origin as Origin).entry);
  const last = input.stop_after ?? chain.length;
  const nextUrl = last > number ? settings.nextUrl : null;
  let written = true;
  const onFileError = (error: unknown) => {
    written = false;
    service.fileError = cut(error instanceof Error ? error.message : String(error), 300);
    service.log.error({ err: error, run_id: part.runId }, 'the run could not be written down');
  };

  const earlier = await earlierExecutions(service, part);
  const recorder = createRecorder(lease, earlier, onFileError);
  spans.open(part, (record) => recorder.span(record));
  if (earlier.lost.length > 0) endInterrupted(earlier.lost, earlier.until);

  const emit = <N extends RunEventName>(name: N, data: RunEvents[N]) => {
    service.metrics.observe(name, data);
    recorder.event(name, data);
  };
  let text = notes.worked ? await fileOf(service, part, number) : null;
  if (text === null || earlier.lost.length > 0) {
    const isDone = text !== null;
    const worked = await doWork(service, {
      runId: part.runId,
      attempt: part.attempt,
      execution: part.executions,
      resumedFrom: earlier.executions,
      input,
      entry,
      nextModule: nextUrl === null ? 0 : number + 1,
      journal: recorder.journal,
      signal,
      emit,
      onStart(span) {
        caller.onStart?.(part, span);
        part.notes.trace_id = span.trace_id;
        void lease.change({ notes: { trace_id: span.trace_id } satisfies PartNotes }).catch(() => {});
      },
      // What was handed on is not written again: only its evidence was lost.
      write: (name, content) => (isDone ? Promise.resolve() : lease.writeFile(name, content)),
      onFileError,
    });
    text ??= worked.text;
    await recorder.written();
    await lease
      .change({ notes: { worked: written, usage: worked.usage } satisfies PartNotes })
      .catch(keepOn(onFileError));
  }
  if (written) service.fileError = null;
  onWorked();
  if (nextUrl === null) return { text, module: number };

  await lease.change({ notes: { gone_on: true } satisfies PartNotes }).catch(keepOn(onFileError));
  const shown = withoutCredentials(urlBelow(nextUrl, '/run'));
  const folder = part.attempt === 1 ? part.runId : `${part.runId}/attempts/${part.attempt}`;
  const output = await withHopSpan(
    {
      module: module.info,
      entry,
      agentName: roleName(module.info.type),
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
        resume: notes.resume ?? null,
        body: handedOver(text, input),
        module: moduleInfo(number + 1).number,
        goOn: written
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
function handedOver(text: string, { stop_after }: RunInput): string {
  return stop_after === undefined ? text : JSON.stringify({ ...JSON.parse(text), stop_after });
}

/** Keeps the last module's output where its own service has not left it here already. */
async function keepOutput({ store }: Service, lease: Lease, { text, module }: LastOutput): Promise<void> {
  const { usage = [] } = JSON.parse(text) as { usage?: AgentUsage[] };
  const name = outputName(module);
  if ((await store.readFile(lease.part, name)) === null) await lease.writeFile(name, text);
  await lease.change({ notes: { usage } satisfies PartNotes });
}

async function fileOf({ store }: Service, part: Part, module: number): Promise<string | null> {
  const bytes = await store.readFile(part, outputName(module));
  return bytes === null ? null : Buffer.from(bytes).toString();
}

/** What the executions before this one left; nothing for the first. */
async function earlierExecutions({ store, module }: Service, part: Part) {
  if (part.executions === 1) return { calls: [], events: [], lost: [], executions: [], until: 0 };
  const dataOf = async <T>(stream: 'calls' | 'events' | 'spans') =>
    (await store.records(part, stream)).map(({ data }) => data as T);
  const calls = await dataOf<RecordedCall>('calls');
  const events = await dataOf<EventRecord>('events');
  const left = readSpans(await dataOf<SpanRecord>('spans'), `run_module_${module.info.number}`);
  // The last sign of life: nobody knows more exactly when the process died.
  const until = Math.max(
    part.changedAt,
    ...calls.map(({ recordedAt }) => recordedAt),
    ...left.lost.map(({ started_at }) => started_at),
  );
  return { calls, events, ...left, until };
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
