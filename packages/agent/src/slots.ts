import { cancelled, throwIfCancelled } from './errors.ts';

/** How often in a row the longest-waiting call may be passed over for another of the current group. */
const mostPassed = 16;
/** How many answers raise a lowered limit by one call. */
const answersForOneMore = 8;

/** The place of one call among the concurrent ones. */
export interface Slot {
  /**
   * Before a retry: if fewer calls are allowed now than are running, this one yields, and resumes before any that have
   * not begun.
   */
  turn(signal: AbortSignal): Promise<void>;
}

/** Limits concurrent calls, and lowers the limit for a while if the endpoint says they are too many. */
export interface Slots {
  /**
   * Does the work when its turn comes. Among waiting calls, one of the same group as the last goes first: an endpoint
   * with a prompt cache then reads their common beginning once.
   *
   * @throws Cancelled when the signal is aborted before the turn
   */
  run<T>(call: { group: string; signal: AbortSignal }, work: (slot: Slot) => Promise<T>): Promise<T>;
  /** The endpoint rejected a request, sent at that time of `performance.now()`, as one too many: halves the limit. */
  slowDown(sentAt: number): void;
  /** The endpoint answered: after several answers, raises the limit by one. */
  answered(): void;
  load(): { active: number; waiting: number };
}

interface Waiting {
  group: string;
  begin(): void;
}

/** @param most concurrent calls, never exceeded */
export function createSlots(most: number): Slots {
  const waiting: Waiting[] = [];
  const returning: Waiting[] = [];
  let [limit, active, answers, passed] = [most, 0, 0, 0];
  let lastGroup = '';
  let slowedAt = Number.NEGATIVE_INFINITY;

  function next(): Waiting | undefined {
    if (returning.length > 0) return returning.shift();
    const same = passed < mostPassed ? waiting.findIndex(({ group }) => group === lastGroup) : 0;
    passed = same > 0 ? passed + 1 : 0;
    return waiting.splice(Math.max(same, 0), 1)[0];
  }

  function fill(): void {
    while (active < limit) {
      const entry = next();
      if (!entry) return;
      active += 1;
      lastGroup = entry.group;
      entry.begin();
    }
  }

  async function enter(queue: Waiting[], group: string, signal: AbortSignal): Promise<void> {
    throwIfCancelled(signal);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const entry = { group, begin: resolve };
    const leave = () => {
      const index = queue.indexOf(entry);
      if (index < 0) return;
      queue.splice(index, 1);
      reject(cancelled(signal));
    };
    queue.push(entry);
    signal.addEventListener('abort', leave);
    fill();
    try {
      await promise;
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  return {
    async run({ group, signal }, work) {
      let isHeld = false;
      const hold = async (queue: Waiting[], signal: AbortSignal) => {
        await enter(queue, group, signal);
        isHeld = true;
      };
      const leave = () => {
        if (!isHeld) return;
        isHeld = false;
        active -= 1;
        fill();
      };
      await hold(waiting, signal);
      try {
        return await work({
          async turn(signal) {
            if (active <= limit) return;
            leave();
            await hold(returning, signal);
          },
        });
      } finally {
        leave();
      }
    },
    slowDown(sentAt) {
      // Requests sent before that belong to a burst that has already lowered the limit.
      if (sentAt <= slowedAt) return;
      slowedAt = performance.now();
      limit = Math.max(1, Math.floor(Math.min(limit, active) / 2));
      answers = 0;
    },
    answered() {
      answers += 1;
      if (limit === most || answers < answersForOneMore) return;
      answers = 0;
      limit += 1;
      fill();
    },
    load: () => ({ active, waiting: waiting.length + returning.length }),
  };
}
