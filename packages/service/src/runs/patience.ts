/** A time that runs only while something is waited for. */
export interface Patience {
  wait(): void;
  pause(): void;
}

/** Calls back once it was waited for so many milliseconds in all. */
export function createPatience(ms: number, onOver: () => void): Patience {
  let left = ms;
  let since = 0;
  let timer: NodeJS.Timeout | null = null;
  return {
    wait() {
      if (timer) return;
      since = performance.now();
      timer = setTimeout(onOver, left).unref();
    },
    pause() {
      if (!timer) return;
      clearTimeout(timer);
      timer = null;
      left = Math.max(0, left - (performance.now() - since));
    },
  };
}
