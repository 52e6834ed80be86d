/**
 * Loaded into a service with `--import`: the longest time its thread was on a CPU between two turns of a 5 ms timer.
 * A synchronous turn delays the timer, so none is longer than this figure, which counts CPU time and so does not depend
 * on how busy the machine is. SIGUSR2 writes the figure to `{EDGES_PROBE}/{pid}`, opened at the start, and resets it.
 */
import { openSync, writeSync } from 'node:fs';

const directory = process.env.EDGES_PROBE;
if (directory) {
  const file = openSync(`${directory}/${process.pid}`, 'w');
  let [last, longest] = [onCpu(), 0];
  const look = () => {
    const now = onCpu();
    longest = Math.max(longest, now - last);
    last = now;
  };
  setInterval(look, 5).unref();
  process.on('SIGUSR2', () => {
    look();
    writeSync(file, String(longest), 0);
    [last, longest] = [onCpu(), 0];
  });
}

function onCpu(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
