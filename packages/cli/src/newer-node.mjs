// Plain JavaScript, like what imports it: an older Node has to read it.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { isTooOld } from './node-version.mjs';

/** The Node that was installed with Agento; null where there is none, as on macOS. */
function installedNode() {
  try {
    return createRequire(import.meta.url).resolve(`node-${process.platform}-${process.arch}/bin/node`);
  } catch {
    return null;
  }
}

/**
 * Runs this command with the Node that was installed with Agento, and ends as it does, if this Node is too old. Resolves to
 * false where there is nothing to do, or none that runs here.
 */
export async function runsOnNewerNode() {
  const node = isTooOld ? installedNode() : null;
  if (node === null) return false;
  // The channel closes with this process, whatever ends it, and the other one stops then.
  const child = spawn(node, [...process.execArgv, ...process.argv.slice(1)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  // A terminal sends Ctrl-C to both, and the two count as one; others send it only here.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.once('error', () => resolve(false));
    child.once('exit', (code) => process.exit(code ?? 1));
  });
}
