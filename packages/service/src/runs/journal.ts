import { type RecordedCall, toReplayed } from '@agento/agent';
import { placeOfCall, type RunJournal } from '@agento/contracts';
import type { Part } from '@agento/runs';
import type { RunInput } from '../module.ts';
import type { Service } from '../service.ts';
import { journalOfNext, nextOf } from './later-module.ts';

/** What this module recorded of its calls of the part, and what the modules after it did. */
export async function journalOf(service: Service, part: Part): Promise<RunJournal> {
  const { goal, context, replay } = part.input as RunInput;
  const calls = (await service.store.records(part, 'calls')).map(({ data }) => data as RecordedCall);
  const own = calls.map(({ key, requestHash, span, answer }) => ({
    key,
    request: requestHash,
    span: { trace_id: span.trace_id, span_id: span.span_id },
    answer: toReplayed(answer),
  }));
  const made = new Set(own.map(({ key }) => key));
  // What a replay was given, it did not record.
  const given = (replay?.calls ?? []).filter(
    ({ key }) => placeOfCall(key)?.module === part.module && !made.has(key),
  );
  // The output may have been posted to the next module by somebody else, in the same attempt.
  const later = await laterJournal(service, part.runId, part.attempt);
  return {
    run_id: part.runId,
    run_attempt: part.attempt,
    module: part.module,
    goal,
    ...(context !== undefined && { context }),
    calls: [...given, ...own],
    ...(later !== null && { later }),
  };
}

/** What the modules after this one recorded in the attempt, which may have begun there; null if they do not say. */
export function laterJournal(service: Service, runId: string, attempt: number): Promise<RunJournal | null> {
  const next = nextOf(service);
  return next === null ? Promise.resolve(null) : journalOfNext(next, { runId, attempt });
}
