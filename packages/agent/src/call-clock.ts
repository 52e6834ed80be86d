/** The time limit of one call, which may need several requests. */
export interface CallClock {
  /** A request was sent. */
  sent(): void;
  /** It was answered, successfully or not. */
  answered(): void;
  /** It got no answer. */
  failed(): void;
  /** The call is waiting for us, not for the endpoint. */
  pause(): void;
  resume(): void;
  stop(): void;
}

/**
 * The clocks of all calls to one endpoint. A server with few slots answers in the order of arrival, so a call waits
 * behind our own earlier ones: whenever one sent before it is answered, its clock restarts. That can happen at most
 * once per earlier call.
 *
 * @param limitMs of one call
 */
export function createCallClocks(limitMs: number): (onOver: () => void) => CallClock {
  let requests = 0;
  /** The requests in flight by number, each with the function that restarts its clock. */
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
