import type { Journal } from '@agento/agent';
import type { Lease, Part } from '@agento/runs';
import { keepRunSecrets, learnRunSecrets } from '@agento/tracing';
import type { Service } from '../service.ts';
import { type Ending, endOf } from './ending.ts';
import { open, work } from './opened.ts';
import { Suspended } from './suspended.ts';

/** Of a part whose process died just after its end: what was not safe yet is made again. No model is asked. */
export async function remakeEvidence(service: Service, lease: Lease, signal: AbortSignal): Promise<Ending> {
  const { part } = lease;
  keepRunSecrets(await learnRunSecrets(part.input));
  const execution = await open(service, lease);
  if (isDone(part) && execution.earlier.lost.length > 0) {
    const journal = onlyRecorded(execution.recorder.journal);
    const how = { signal, limits: {}, journal, write: async () => {} };
    await work(service, lease, execution, how).catch((error: unknown) => {
      if (!(error instanceof Suspended) || signal.aborted) throw error;
      service.log.warn({ err: error, run_id: part.runId }, 'some evidence of the run is lost');
    });
  }
  return (await endOf(service.store, part)) ?? { state: 'suspended' };
}

/** Its work came to an end, whatever comes after it. */
const isDone = ({ state }: Part) => state === 'finished' || state === 'waiting_for_review';

/** A journal in which nothing may be missing: evidence that would have to be paid for again stays lost. */
function onlyRecorded(journal: Journal): Journal {
  return {
    ...journal,
    recall(key, requestHash) {
      const call = journal.recall(key, requestHash);
      if (call) return call;
      throw new Suspended(`The call ${key} could not be recorded when it was made, and is not made again`);
    },
  };
}
