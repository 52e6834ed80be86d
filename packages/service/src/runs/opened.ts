import { chain } from '@agento/contracts';
import type { Lease, Part } from '@agento/runs';
import { endInterrupted, restoreEntry } from '@agento/tracing';
import type { RunInput } from '../module.ts';
import type { Service } from '../service.ts';
import { earlierExecutions } from './earlier.ts';
import { noteFileError } from './file-errors.ts';
import type { Origin } from './part-notes.ts';
import { createRecorder, type Recorder } from './recorder.ts';
import { doWork, type Work } from './work.ts';

/** What an execution has at hand. */
export interface Opened {
  earlier: Awaited<ReturnType<typeof earlierExecutions>>;
  recorder: Recorder;
  /** Whether everything could be written down so far. */
  isWritten(): boolean;
  onFileError(error: unknown): void;
}

/** Begins to record, and ends the spans of those who died. */
export async function open(service: Service, lease: Lease): Promise<Opened> {
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

/** The module's own work, by what the part says. */
export function work(
  service: Service,
  { part }: Lease,
  { earlier, recorder, onFileError }: Opened,
  how: Pick<Work, 'signal' | 'limits' | 'write'> & {
    onStart?(span: { trace_id: string; span_id: string }): void;
    journal?: Work['journal'];
  },
) {
  const { number } = service.module.info;
  return doWork(service, {
    journal: recorder.journal,
    ...how,
    async onStart(span) {
      how.onStart?.(span);
      // Whoever goes on from here links to it, also if it is all that is ever exported of this execution.
      await recorder.written();
    },
    runId: part.runId,
    attempt: part.attempt,
    execution: part.executions,
    resumedFrom: earlier.executions,
    input: part.input as RunInput,
    entry: restoreEntry((part.origin as Origin).entry),
    nextModule: nextUrlOf(service, part) === null ? 0 : number + 1,
    emit(name, data) {
      service.metrics.observe(name, data);
      recorder.event(name, data);
    },
    onFileError,
  });
}

/** Address of the module that comes next in this run; null for none. */
export function nextUrlOf({ module, settings }: Service, { input }: Part): string | null {
  const last = (input as RunInput).stop_after ?? chain.length;
  return last > module.info.number ? settings.nextUrl : null;
}
