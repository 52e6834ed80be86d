/**
 * Loaded into a service with `--import`: the longest time its thread was on a CPU between two turns of a 5 ms timer.
 * A synchronous turn holds the timer up, so none is longer than what is found here; the clock of a busy machine has
 * no part in it. SIGUSR2 writes the figure to `{EDGES_PROBE}/{pid}`, which is open from the start on, and begins anew.
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
