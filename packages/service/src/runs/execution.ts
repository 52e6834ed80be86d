import { Cancelled, cancelled } from '@agento/agent';
import type { Problem } from '@agento/contracts';
import { CancelRequested, type Lease, LeaseLost, type Part } from '@agento/runs';
import { keepRunSecrets, learnRunSecrets, type RunSecrets } from '@agento/tracing';
import { OutOfTime, problemOf, withoutSecrets } from '../problem.ts';
import type { Service } from '../service.ts';
import { cancelledByDelete } from './cancel-waiting.ts';
import { type Ending, outputOf } from './ending.ts';
import { remakeEvidence } from './evidence.ts';
import { keepOn, tryRecording } from './file-errors.ts';
import type { LastOutput } from './finished-data.ts';
import { goOn, keepOutput } from './go-on.ts';
import { nextUrlOf, open, work } from './opened.ts';
import type { PartNotes, Waiting } from './part-notes.ts';
import { wait, waitingFor } from './review.ts';
import { hasEnded } from './run-events.ts';
import { limitsOf, timeOf } from './run-limits.ts';
import { Suspended, takenOver } from './suspended.ts';

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
  if (hasEnded(part) || part.state === 'waiting_for_review') return remakeEvidence(service, lease, stop);
  const aborted = new AbortController();
  const time = timeOf(service, part);
  const timer = setTimeout(() => aborted.abort(time.over), time.ms);
  const unlink = [link(stop, aborted, ({ reason }) => reason), link(lease.signal, aborted, reasonOf)];
  if ((part.notes as PartNotes).to_cancel) aborted.abort(new Cancelled(cancelledByDelete));
  try {
    keepRunSecrets(caller.secrets ?? (await learnRunSecrets(part.input)));
    if (part.state === 'queued') await lease.change({ state: 'running' });
    const output = await carryOut(service, lease, aborted.signal, caller, onWorked);
    if ('requests' in output) return await wait(service, lease, output);
    const finish = () =>
      lease.change({ state: 'finished', notes: { output_of: output.module } satisfies PartNotes });
    const isRecorded = await tryRecording(service, part, finish);
    // What was refused may be the output's file as well.
    const record = () => keepOutput(service, lease, output).then(finish);
    return { state: 'finished', output, ...(!isRecorded && { record }) };
  } catch (error) {
    return await endingOf(service, lease, aborted.signal, error);
  } finally {
    clearTimeout(timer);
    for (const end of unlink) end();
  }
}

async function endingOf(
  service: Service,
  lease: Lease,
  signal: AbortSignal,
  error: unknown,
): Promise<Ending> {
  const cause = signal.aborted && error instanceof Cancelled ? (signal.reason as unknown) : error;
  if (cause instanceof Suspended || cause instanceof LeaseLost) return { state: 'suspended' };
  const given = withoutSecrets(placed(problemOf(cause), lease.part));
  const state = cause instanceof Cancelled && !(cause instanceof OutOfTime) ? 'cancelled' : 'failed';
  const record = async () => {
    if (cause instanceof Cancelled) await cancelLater(service, lease.part);
    await lease.change({ state, notes: { problem: given } satisfies PartNotes });
  };
  try {
    const isRecorded = await tryRecording(service, lease.part, record);
    return { state, problem: given, cause, ...(!isRecorded && { record }) };
  } catch {
    return { state: 'suspended' };
  }
}

/** Leaves word for later modules that share the store and are not there to be told: back again, they would go on. */
async function cancelLater({ store }: Service, { runId, attempt, module }: Part): Promise<void> {
  for (const id of await store.partsOf(runId)) {
    if (id.attempt === attempt && id.module > module) await store.requestCancel(id);
  }
}

/** The problem with its run, wherever it is shown; a later module's own is kept. */
function placed(problem: Problem, { runId, module, notes }: Part): Problem {
  const { trace_id } = notes as PartNotes;
  return { run_id: runId, ...(trace_id !== undefined && { trace_id }), module, instance: '/run', ...problem };
}

/** The module's own work where it is not done yet, and the modules after it. */
async function carryOut(
  service: Service,
  lease: Lease,
  signal: AbortSignal,
  caller: Caller,
  onWorked: () => void,
): Promise<LastOutput | Waiting> {
  const { part } = lease;
  const { number } = service.module.info;
  const notes = part.notes as PartNotes;
  const execution = await open(service, lease);
  const { earlier, recorder, onFileError, isWritten } = execution;
  let text = notes.worked ? await outputOf(service.store, part, number) : null;
  if (text === null || earlier.lost.length > 0) {
    // What was handed on is not written again: only its evidence was lost.
    const isDone = text !== null;
    const worked = await work(service, lease, execution, {
      signal,
      limits: limitsOf(service, part),
      async write(name, content) {
        if (isDone) return;
        await lease.writeFile(name, content).catch((error: unknown) => {
          throw takenOver(error);
        });
      },
      onStart(span) {
        caller.onStart?.(span);
        notes.trace_id = span.trace_id;
        void lease.change({ notes: { trace_id: span.trace_id } satisfies PartNotes }).catch(() => {});
      },
      // Its end, also one that failed, comes after what it told.
    }).finally(() => recorder.written());
    text ??= worked.text;
    await lease
      .change({ notes: { worked: isWritten(), usage: worked.usage } satisfies PartNotes })
      .catch(keepOn(onFileError));
  }
  if (isWritten()) service.fileError = null;
  onWorked();
  if (notes.to_cancel) throw cancelled(signal);
  const nextUrl = nextUrlOf(service, part);
  if (nextUrl === null) return { text, module: number };
  return waitingFor(service, part, text) ?? goOn(service, lease, execution, nextUrl, text, signal);
}

function reasonOf({ reason }: AbortSignal): unknown {
  if (reason instanceof CancelRequested) return new Cancelled(reason.message, { cause: reason });
  return takenOver(reason);
}

function link(from: AbortSignal, to: AbortController, reason: (signal: AbortSignal) => unknown): () => void {
  const follow = () => to.abort(reason(from));
  if (from.aborted) follow();
  else from.addEventListener('abort', follow, { once: true });
  return () => from.removeEventListener('abort', follow);
}
