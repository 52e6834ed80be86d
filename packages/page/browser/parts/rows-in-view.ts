import type { RefObject } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';

/** Up to so many are all drawn: the browser's own search and its printer find every one. */
const allOf = 400;
/** Rows that come and go together, so that not every pixel draws anew. */
const step = 16;

/** Rows from `first` to before `last`. */
interface Rows {
  first: number;
  last: number;
}

/**
 * Of so many rows of one height, which fill `body`: those in the window, with as much again above and below, so that
 * there is something to see before the next are drawn.
 */
export function useRowsInView(body: RefObject<HTMLElement | null>, count: number): Rows {
  const [near, setNear] = useState<Rows>({ first: 0, last: 4 * step });
  const isAll = count <= allOf;
  useLayoutEffect(() => {
    if (isAll) return;
    const look = () => {
      const { top = 0, height = 0 } = body.current?.getBoundingClientRect() ?? {};
      const steps = (pixels: number) => (pixels * count) / height / step;
      const first = Math.max(0, step * Math.floor(steps(-innerHeight - top)));
      const last = Math.min(count, step * Math.ceil(steps(2 * innerHeight - top)));
      setNear((before) => (before.first === first && before.last === last ? before : { first, last }));
    };
    look();
    addEventListener('scroll', look, { passive: true });
    addEventListener('resize', look);
    // What stands above may grow or go.
    const resized = new ResizeObserver(look);
    resized.observe(document.body);
    return () => {
      removeEventListener('scroll', look);
      removeEventListener('resize', look);
      resized.disconnect();
    };
  }, [count, isAll]);
  return isAll ? { first: 0, last: count } : near;
}
