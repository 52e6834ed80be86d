import type { Page } from 'playwright-core';

/** What the page did since the last look, in milliseconds. */
export interface Watched {
  /** The longest task that kept it from anything else; those under 50 are not told. */
  longest_task_ms: number;
  /** From an input to the next frame, the worst; those under 16 are not told. */
  worst_input_ms: number;
  /** Between two frames, the longest. */
  longest_frame_ms: number;
  /** What the page's own thread computed, which does not depend on what else the machine does. */
  computed_ms: number;
}

/** Runs in the page before anything else: remembers when something was first painted, and what kept the page busy. */
export const watching = `(() => {
  const watched = (window.watched = { firsts: {}, tasks: [0], inputs: [0], frames: [0] });
  new PerformanceObserver((list) => watched.tasks.push(...list.getEntries().map((one) => one.duration)))
    .observe({ type: 'longtask', buffered: true });
  new PerformanceObserver((list) => watched.inputs.push(...list.getEntries().map((one) => one.duration)))
    .observe({ type: 'event', buffered: true, durationThreshold: 16 });
  let last = performance.now();
  const frame = (now) => {
    watched.frames.push(now - last);
    last = now;
    for (const place of ['table.runs tbody tr', 'table.waterfall tr'])
      if (!(place in watched.firsts) && document.querySelector(place) !== null) {
        // In this frame it is there; when the next begins, it has been painted.
        watched.firsts[place] = null;
        requestAnimationFrame((painted) => { watched.firsts[place] = painted; });
      }
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})()`;

/** From the start of the navigation until the first of these were painted, in milliseconds. */
export async function firstPainted(page: Page, place: 'table.runs tbody tr' | 'table.waterfall tr') {
  const painted = `window.watched.firsts[${JSON.stringify(place)}]`;
  const look = `const look = () => (${painted} ? done(${painted}) : requestAnimationFrame(look));`;
  return Math.round(await page.evaluate<number>(`new Promise((done) => { ${look} look(); })`));
}

/** What is seen of the page while something is done to it. */
export async function watch(page: Page, what: () => Promise<void>): Promise<Watched> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const computed = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return 1_000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0);
  };
  await page.evaluate('for (const name of ["tasks", "inputs", "frames"]) window.watched[name] = [0]');
  const before = await computed();
  await what();
  // Entries come some frames after what they tell of.
  await page.waitForTimeout(200);
  const computed_ms = Math.round((await computed()) - before);
  await session.detach();
  const seen = await page.evaluate<Omit<Watched, 'computed_ms'>>(`({
    longest_task_ms: Math.round(Math.max(...window.watched.tasks)),
    worst_input_ms: Math.round(Math.max(...window.watched.inputs)),
    longest_frame_ms: Math.round(Math.max(...window.watched.frames)),
  })`);
  return { ...seen, computed_ms };
}
