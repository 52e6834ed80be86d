import { type RecordedCall, toReplayed } from '@agento/agent';
import { placeOfCall, type RunJournal } from '@agento/contracts';
import type { Part } from '@agento/runs';
import type { RunInput } from '../module.ts';
import type { Service } from '../service.ts';
import { journalOfNext, nextOf } from './later-module.ts';
import type { PartNotes } from './part-notes.ts';

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
  const wasAsked = (part.notes as PartNotes).gone_on === true;
  const next = nextOf(service);
  const later = next !== null && wasAsked ? await journalOfNext(next, part) : null;
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
