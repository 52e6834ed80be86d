import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Problem, uuidPattern } from '@agento/contracts';
import { runFolders } from '@agento/evidence';
import { oneLine, quoted, type Style } from '../terminal.ts';
import type { Watch } from './keeper.ts';
import type { SystemPlan } from './plan.ts';

/**
 * Tells the terminal what becomes of the processes of a system, and how a run goes on that lost one.
 *
 * @param follows whether a run is followed here, which tells of its problem itself
 */
export function newsOf(
  plan: SystemPlan,
  say: (line: string) => void,
  { style, follows }: { style: Style; follows: boolean },
): Watch {
  const toldOf = new Set<string>();
  return {
    onEntry({ name }, { warning, problem }) {
      const isToldOf = follows && problem !== null;
      if (warning !== null && !isToldOf) say(`${style.yellow(name)} ${oneLine(warning)}`);
      const lines = problem === null ? null : goingOn(plan, problem);
      // Each module before the one that is gone logs the same problem.
      if (lines === null || toldOf.has(lines)) return;
      toldOf.add(lines);
      say(`${style.dim('→')} ${lines}`);
    },
    onDeath(process, how) {
      const spans = process.name === 'receiver' ? '; meanwhile spans wait in the spool' : '';
      say(`${style.red('✖')} ${process.name} (${process.title}) ${how}. Restarting it${spans}.`);
    },
    onBack({ name }) {
      say(`${style.green('✔')} ${name} is ready again`);
    },
  };
}

/** How to go on with the run, where it failed because a module is gone; null for every other problem. */
function goingOn(plan: SystemPlan, { type, status, run_id, module = 0 }: Problem): string | null {
  const next = plan.modules[module - 1];
  if (type !== 'urn:agento:problem:next-module-failed' || status !== 502 || !next) return null;
  if (!run_id || !new RegExp(uuidPattern).test(run_id)) return null;
  // As the run's last attempt wrote it.
  const file = runFolders(plan.dataDir, run_id)
    .map((folder) => path.join(folder, `module${module - 1}_output.json`))
    .find((written) => existsSync(written));
  if (file === undefined) return `Run ${run_id} left no output to continue from: start it again.`;
  return [
    `To continue run ${run_id} once ${next.name} is up:`,
    `  curl --data-binary ${quoted(`@${file}`)} -H 'content-type: application/json'${keyHeader(plan)} ${next.url}/run`,
  ].join('\n');
}

/** What an example with curl needs where services ask for a key, without the key. */
export function keyHeader({ asksForKey }: SystemPlan): string {
  return asksForKey ? ' -H "authorization: Bearer $AGENTO_API_KEY"' : '';
}
