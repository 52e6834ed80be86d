import {
  type AgentUsage,
  type HumanReview,
  moduleInfo,
  reviewedModule,
  roleName,
  urlBelow,
} from '@agento/contracts';
import type { Lease } from '@agento/runs';
import { restoreEntry, withHopSpan, withoutCredentials } from '@agento/tracing';
import type { RunInput } from '../module.ts';
import type { Service } from '../service.ts';
import { keepOn } from './file-errors.ts';
import { outputName } from './files.ts';
import type { LastOutput } from './finished-data.ts';
import { callNext } from './hop.ts';
import type { Opened } from './opened.ts';
import type { Origin, PartNotes, Waiting } from './part-notes.ts';
import { replayAfter } from './replay.ts';
import { limitsAfter } from './run-limits.ts';

/** Has the next module go on, and waits for the end of the run there. */
export async function goOn(
  service: Service,
  lease: Lease,
  { recorder, onFileError }: Opened,
  nextUrl: string,
  text: string,
  signal: AbortSignal,
): Promise<LastOutput | Waiting> {
  const { module, settings } = service;
  const { part } = lease;
  const { number, type } = module.info;
  const input = part.input as RunInput;
  const { review } = part.notes as PartNotes;
  await lease.change({ notes: { gone_on: true } satisfies PartNotes }).catch(keepOn(onFileError));
  const shown = withoutCredentials(urlBelow(nextUrl, '/run'));
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
    async (span) => {
      // The next module's spans hang below this one: it must be known before they can be.
      await recorder.written();
      return callNext({
        base: nextUrl,
        key: settings.hopKey,
        dispatcher: service.dispatcher,
        runId: part.runId,
        attempt: part.attempt,
        resume: (part.notes as PartNotes).resume ?? null,
        body: handedOver(text, {
          stop_after: input.stop_after,
          limits: limitsAfter(service, part),
          replay: input.replay && replayAfter(input.replay, number),
          review: number < reviewedModule ? input.review : undefined,
          human_review: review,
        }),
        isReviewed: review !== undefined,
        module: moduleInfo(number + 1).number,
        goOn: `To go on once it is back: POST /runs/${part.runId}/resume`,
        span,
        signal,
        patienceMs: settings.hopWaitMs,
      });
    },
  );
  if ('requests' in output) return output;
  await keepOutput(service, lease, output).catch(keepOn(onFileError));
  return output;
}

/** The body of the hop: the output, and the options that apply to the modules after. */
function handedOver(
  text: string,
  options: {
    [N in 'stop_after' | 'limits' | 'replay' | 'review']: RunInput[N] | undefined;
  } & { human_review: HumanReview | undefined },
): string {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return given.length === 0 ? text : JSON.stringify({ ...JSON.parse(text), ...Object.fromEntries(given) });
}

/** Keeps the last module's output where its own service has not left it here already. */
export async function keepOutput(
  { store }: Service,
  lease: Lease,
  { text, module }: LastOutput,
): Promise<void> {
  const { usage = [] } = JSON.parse(text) as { usage?: AgentUsage[] };
  const name = outputName(module);
  if ((await store.readFile(lease.part, name)) === null) await lease.writeFile(name, text);
  await lease.change({ notes: { usage } satisfies PartNotes });
}
