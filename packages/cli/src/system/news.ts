import { type Problem, uuidPattern } from '@agento/contracts';
import { oneLine, type Style } from '../terminal.ts';
import type { Watch } from './keeper.ts';
import type { SystemPlan } from './plan.ts';

/**
 * Reports what happens to a system's processes, and how to continue a run that lost one.
 *
 * @param follows whether a run is followed here, which reports its own problem
 */
export function newsOf(
  plan: SystemPlan,
  say: (line: string) => void,
  { style, follows }: { style: Style; follows: boolean },
): Watch {
  const reported = new Set<string>();
  return {
    onEntry({ name }, { warning, problem }) {
      const isToldOf = follows && problem !== null;
      if (warning !== null && !isToldOf) say(`${style.yellow(name)} ${oneLine(warning)}`);
      const lines = problem === null ? null : resumeHint(plan, problem);
      // Every earlier module logs the same problem.
      if (lines === null || reported.has(lines)) return;
      reported.add(lines);
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

/** How to go on with a run that failed because a module is gone; null for any other problem. */
function resumeHint(plan: SystemPlan, { type, status, run_id, module = 0 }: Problem): string | null {
  const [first] = plan.modules;
  const next = plan.modules[module - 1];
  if (type !== 'urn:agento:problem:next-module-failed' || status !== 502 || !first || !next) return null;
  if (!run_id || !new RegExp(uuidPattern).test(run_id)) return null;
  return [
    `To go on with run ${run_id} once ${next.name} is up:`,
    `  curl -X POST${keyHeader(plan)} ${first.url}/runs/${run_id}/resume`,
  ].join('\n');
}

/** The header a curl example needs if services require a key; without the key itself. */
export function keyHeader({ asksForKey }: SystemPlan): string {
  return asksForKey ? ' -H "authorization: Bearer $AGENTO_API_KEY"' : '';
}
