/** Requests for the same run, accepted one after the other: the second finds what the first began. */
export interface Turns {
  /** Runs that are just being accepted. */
  readonly size: number;
  has(runId: string): boolean;
  /** Does the work when those before it for the same run are done, however they ended. */
  take<T>(runId: string, work: () => Promise<T>): Promise<T>;
}

export function createTurns(): Turns {
  /** The last of each run. */
  const last = new Map<string, Promise<unknown>>();
  return {
    get size() {
      return last.size;
    },
    has: (runId) => last.has(runId),
    take(runId, work) {
      const before = last.get(runId) ?? Promise.resolve();
      const turn = before.then(work, work).finally(() => {
        if (last.get(runId) === turn) last.delete(runId);
      });
      last.set(runId, turn);
      return turn;
    },
  };
}
