import type { Journal, RecordedCall } from '@agento/agent';
import type { RunEventName, RunEvents, StepName } from '@agento/contracts';
import { type Lease, LeaseLost } from '@agento/runs';
import { redactText } from '@agento/tracing';

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
  let last = Promise.resolve();

  function append(stream: 'events' | 'spans', data: unknown): Promise<void> {
    const written = lease.append(stream, [data]).catch((error: unknown) => {
      if (!(error instanceof LeaseLost)) onError(error);
    });
    last = last.then(() => written);
    return written;
  }

  return {
    journal: {
      recall(key, requestHash) {
        const call = known.get(key);
        return call?.requestHash === requestHash ? call : null;
      },
      async record(call) {
        try {
          await lease.append('calls', [call]);
        } catch (error) {
          if (error instanceof LeaseLost) throw error;
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
      void append('events', { name, data: JSON.stringify(data) } satisfies EventRecord);
    },
    span: (record) => append('spans', record),
    written: () => last,
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

function countOf(ids: string[]): Map<string, number> {
  return new Map([...Map.groupBy(ids, (id) => id)].map(([id, same]) => [id, same.length]));
}

/** Distinguishes the events of a part: a step is told by what it is about. */
function identity(name: string, data: object): string {
  const { module, step, agent_name, item_id, criterion_id, plan_id, attempt } = data as Partial<StepName>;
  return [name, module, step, agent_name, item_id, criterion_id, plan_id, attempt].join(' ');
}
