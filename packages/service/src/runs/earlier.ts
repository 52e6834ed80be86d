import type { RecordedCall } from '@agento/agent';
import type { Part } from '@agento/runs';
import type { Service } from '../service.ts';
import type { Origin } from './part-notes.ts';
import type { EventRecord } from './recorder.ts';
import { readSpans, type SpanRecord } from './span-book.ts';

/** What the executions before this one left, and whoever began the part. */
export async function earlierExecutions({ store, module, spans }: Service, part: Part) {
  const isOurs = spans.expects(part);
  if (part.executions === 1 && isOurs) return { calls: [], events: [], lost: [], executions: [], until: 0 };
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
