import type { Journal, RecordedCall } from '@agento/agent';
import type { RunEventName, RunEvents, StepName } from '@agento/contracts';
import { type Lease, LeaseLost } from '@agento/runs';
import { redactText } from '@agento/tracing';

import { takenOver } from './suspended.ts';

/** A record of the `events` stream: `data` is JSON text, passed on as it is. */
export interface EventRecord {
  name: string;
  data: string;
}

/** What earlier executions recorded. */
export interface Recorded {
  calls: readonly RecordedCall[];
  events: readonly EventRecord[];
}

/**
 * How long events and spans are gathered before they are written, in milliseconds: only another execution or a watcher
 * needs them, and with a write of each its own an answer waits for the one before it.
 */
const gatherMs = 20;

/** Writes down what a later execution of the part would need. */
export interface Recorder {
  journal: Journal;
  /** Records an event without its secrets, unless an earlier execution did: a step that is made again is no news. */
  event<N extends RunEventName>(name: N, data: RunEvents[N]): void;
  /** Resolves when it is written, or has failed. */
  span(record: object): Promise<void>;
  /** Resolves when everything so far is written, or has failed. */
  written(): Promise<void>;
}

/**
 * A disk that fails does not end a run that has been paid for: `onError` is told, and what could not be recorded would be
 * done again. A lost lease does end it; whoever has it now records.
 */
export function createRecorder(
  lease: Lease,
  { calls, events }: Recorded,
  onError: (error: unknown) => void,
): Recorder {
  const known = new Map(calls.map((call) => [call.key, call]));
  const told = countOf(events.map(({ name, data }) => identity(name, JSON.parse(data))));
  const seen = new Map<string, number>();
  let gathered: Gathered | null = null;
  let last = Promise.resolve();

  function gather(stream: 'events' | 'spans', data: unknown): Promise<void> {
    gathered ??= { events: [], spans: [], timer: setTimeout(write, gatherMs), ...Promise.withResolvers() };
    gathered[stream].push(data);
    return gathered.promise;
  }

  /** Begins to write what was gathered; what is appended in the same turn comes after it. */
  function write(): void {
    if (!gathered) return;
    const { events, spans, timer, promise, resolve } = gathered;
    gathered = null;
    clearTimeout(timer);
    const written = [lease.append('spans', spans), lease.append('events', events)].map((one) =>
      one.catch((error: unknown) => {
        if (!(error instanceof LeaseLost)) onError(error);
      }),
    );
    void Promise.all(written).then(() => resolve());
    last = last.then(() => promise);
  }

  return {
    journal: {
      recall(key, requestHash) {
        const call = known.get(key);
        return call?.requestHash === requestHash ? call : null;
      },
      permit: () =>
        lease.confirm().catch((error: unknown) => {
          throw takenOver(error);
        }),
      async record(call) {
        write();
        try {
          await lease.append('calls', [call]);
        } catch (error) {
          if (error instanceof LeaseLost) throw takenOver(error);
          onError(error);
        }
      },
    },
    event(name, given) {
      const data = withoutSecrets(given);
      const id = identity(name, data);
      const times = (seen.get(id) ?? 0) + 1;
      seen.set(id, times);
      if (times <= (told.get(id) ?? 0)) return;
      void gather('events', { name, data: JSON.stringify(data) } satisfies EventRecord);
    },
    span: (record) => gather('spans', record),
    written() {
      write();
      return last;
    },
  };
}

/** Each text by itself, as on spans: names and ids come again and again, and one that was read is known to be clean. */
function withoutSecrets<T extends object>(data: T): T {
  const clean = Object.entries(data).map(([field, value]) => [
    field,
    typeof value === 'string' ? redactText(value) : value,
  ]);
  return Object.fromEntries(clean) as T;
}

/** What waits to be written, and the promise that it is, or has failed. */
interface Gathered extends PromiseWithResolvers<void> {
  events: unknown[];
  spans: unknown[];
  timer: NodeJS.Timeout;
}

function countOf(ids: string[]): Map<string, number> {
  return new Map([...Map.groupBy(ids, (id) => id)].map(([id, same]) => [id, same.length]));
}

/** Distinguishes the events of a part: a step is told by what it is about. */
function identity(name: string, data: object): string {
  const { module, step, agent_name, item_id, criterion_id, plan_id, attempt } = data as Partial<StepName>;
  return [name, module, step, agent_name, item_id, criterion_id, plan_id, attempt].join(' ');
}
