/** Limits retries to a share of the calls, so that an endpoint in trouble gets little more than the calls themselves. */
export interface RetryBudget {
  /** A call was made. */
  called(): void;
  /** Takes one retry; false if there are none left for now. */
  take(): boolean;
}

/** Retries per call, over the time in milliseconds. */
const [share, windowMs] = [0.2, 60_000];

/**
 * @param least retries in a minute that are allowed however few calls there are
 * @param now milliseconds of a clock that only goes forward
 */
export function createRetryBudget(least: number, now: () => number = () => performance.now()): RetryBudget {
  const calls: number[] = [];
  const retries: number[] = [];

  /** How many of these times, which are in order, lie within the window; drops the others. */
  function recent(times: number[]): number {
    const first = times.findIndex((time) => time > now() - windowMs);
    times.splice(0, first < 0 ? times.length : first);
    return times.length;
  }

  return {
    called() {
      recent(calls);
      calls.push(now());
    },
    take() {
      if (recent(retries) >= Math.max(least, Math.floor(share * recent(calls)))) return false;
      retries.push(now());
      return true;
    },
  };
}
