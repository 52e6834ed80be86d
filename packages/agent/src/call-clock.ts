/** The time limit of one call, which may take several requests. */
export interface CallClock {
  /** A request goes out. */
  sent(): void;
  /** It was answered, well or badly. */
  answered(): void;
  /** It came to no answer. */
  failed(): void;
  /** The call waits for us, not for the endpoint. */
  pause(): void;
  resume(): void;
  stop(): void;
}

/**
 * Clocks of all calls of one endpoint. A server with few slots answers in the order in which it was asked, and a call
 * waits there behind our own earlier ones: whenever one that was sent before it is answered, its clock starts anew. That
 * can happen no more often than there are such calls.
 *
 * @param limitMs of one call
 */
export function createCallClocks(limitMs: number): (onOver: () => void) => CallClock {
  let requests = 0;
  /** The requests under way by their number, and how to begin anew for each. */
  const underWay = new Map<number, () => void>();

  return (onOver) => {
    let [left, since, request] = [limitMs, 0, 0];
    let timer: NodeJS.Timeout | undefined;
    const resume = () => {
      since = performance.now();
      timer = setTimeout(onOver, left);
    };
    const pause = () => {
      clearTimeout(timer);
      left = Math.max(0, left - (performance.now() - since));
    };
    const anew = () => {
      clearTimeout(timer);
      left = limitMs;
      resume();
    };
    const failed = () => {
      underWay.delete(request);
    };
    resume();
    return {
      sent() {
        requests += 1;
        request = requests;
        underWay.set(request, anew);
      },
      answered() {
        if (!underWay.delete(request)) return;
        for (const [other, begin] of underWay) if (other > request) begin();
      },
      failed,
      pause,
      resume,
      stop() {
        failed();
        clearTimeout(timer);
      },
    };
  };
}
