import { whyNot } from '@agento/files';
import { exitCodes } from './exit-codes.ts';
import { watchLauncher } from './launcher.ts';
import { run } from './run.ts';

/** Another Ctrl-C within this time, in ms, is the same one: terminal and package manager both pass it on. */
const sameInterrupt = 1000;

const interrupt = new AbortController();
let interruptedAt = Number.POSITIVE_INFINITY;
const stop = () => {
  if (Date.now() - interruptedAt > sameInterrupt) process.exit(130);
  interruptedAt = Math.min(interruptedAt, Date.now());
  interrupt.abort();
};

if (process.env.AGENTO_SUPERVISED === '1') {
  // A child of `start`: Ctrl-C reaches the whole group, but `start` says when it is this one's turn, and
  // when `start` itself is gone the channel to it closes.
  process.on('SIGINT', () => {}).on('SIGHUP', () => {});
  process.on('SIGTERM', stop).on('disconnect', stop);
} else {
  process.on('SIGINT', stop).on('SIGTERM', stop).on('SIGHUP', stop);
  // Of the older Node that this was started by (newer-node.mjs).
  if (process.connected) process.on('disconnect', stop);
  watchLauncher(stop);
}
let lost = false;
for (const output of [process.stdout, process.stderr]) {
  output.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return interrupt.abort(); // The reader is gone, as with `| head`.
    if (!lost) process.stderr.write(`✖ The output cannot be written: ${whyNot(error)}.\n`);
    lost = true;
    process.exitCode = exitCodes.failed;
  });
}

const exitCode = await run(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  interrupted: interrupt.signal,
});
process.exitCode = lost ? exitCodes.failed : exitCode;
if (process.connected) process.disconnect();
