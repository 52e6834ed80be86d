import { cut } from '@agento/contracts';
import { LeaseLost, type Part } from '@agento/runs';
import type { Service } from '../service.ts';

/** Shows in the log and in /readyz what could not be written of a run. */
export function noteFileError(service: Service, { runId }: Part, error: unknown): void {
  service.fileError = cut(error instanceof Error ? error.message : String(error), 300);
  service.log.error({ err: error, run_id: runId }, 'the run could not be written down');
}

/** A disk that fails does not end a run that has been paid for; whoever lost the lease stops. */
export function keepOn(onError: (error: unknown) => void): (error: unknown) => void {
  return (error) => {
    if (error instanceof LeaseLost) throw error;
    onError(error);
  };
}

/** Records an end, if the store lets it: whoever waits for the run learns it anyway. @throws LeaseLost */
export async function tryRecording(
  service: Service,
  part: Part,
  record: () => Promise<void>,
): Promise<boolean> {
  let isRecorded = true;
  await record().catch(
    keepOn((error) => {
      isRecorded = false;
      noteFileError(service, part, error);
    }),
  );
  return isRecorded;
}
