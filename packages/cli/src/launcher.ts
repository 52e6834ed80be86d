import { readFileSync } from 'node:fs';

/** A process and the parent it had. */
interface Parentage {
  pid: number;
  parent: number;
}

function parentOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold anything; the state and the parent follow the last one.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return null;
  }
}

function isPackageManager(pid: number): boolean {
  try {
    return /\b(npm|npx|pnpm)\b/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
  } catch {
    return false;
  }
}

/** The processes from this one up to the outermost npm, npx or pnpm above it; empty without one. */
function launchers(): Parentage[] {
  const all: Parentage[] = [];
  let outermost = 0;
  for (let pid = process.pid; pid > 1; ) {
    const parent = parentOf(pid);
    if (parent === null) break;
    all.push({ pid, parent });
    if (isPackageManager(parent)) outermost = all.length;
    pid = parent;
  }
  return all.slice(0, outermost);
}

/**
 * Calls `gone` once when the `npx` or `pnpm` that runs this process dies. A signal to npx reaches npx alone:
 * pnpm and its script live on without it. Watches on Linux only, where /proc tells.
 */
export function watchLauncher(gone: () => void): void {
  if (process.platform !== 'linux' || !process.env.npm_config_user_agent) return;
  const watched = launchers();
  if (watched.length === 0) return;
  const timer = setInterval(() => {
    if (watched.every(({ pid, parent }) => parentOf(pid) === parent)) return;
    clearInterval(timer);
    gone();
  }, 500);
  timer.unref();
}
