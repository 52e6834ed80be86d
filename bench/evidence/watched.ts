import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

const step = 100;

/** Runs a Node program to its end, and gives its peak of resident memory in MiB, as Linux tells it to others. */
export async function watched(program: string, given: string[]): Promise<number> {
  const child = spawn(process.execPath, [program, ...given], { stdio: 'inherit' });
  let peak = 0;
  const look = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      peak = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? peak * 1024) / 1024;
    } catch {
      // It has just ended.
    }
  }, step);
  const [code] = await once(child, 'close');
  clearInterval(look);
  if (code !== 0) throw new Error(`${program} ended with ${code}`);
  return Math.round(peak);
}
