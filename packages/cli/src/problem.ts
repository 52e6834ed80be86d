import type { Problem } from '@agento/contracts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import type { Whereabouts } from './outcome.ts';
import { pnpm, traceCommand } from './pnpm.ts';
import { moduleLabel } from './progress/view.ts';
import { oneLine, type Style } from './terminal.ts';

/** A problem as lines a person reads: what, where, which trace, what to do. */
export function renderProblem(problem: Problem, where: Whereabouts, style: Style): string {
  const { title, status, detail, errors, module, step, agent_name, run_id, trace_id } = problem;
  const lines = [`${style.red('✖')} ${style.bold(oneLine(title))} ${style.dim(`(${status})`)}`];
  const row = (name: string, value: string | undefined) => {
    if (value) lines.push(`  ${style.dim(name.padEnd(7))} ${oneLine(value)}`);
  };
  // The detail of bad input sums up its errors: what stands below need not be said twice.
  if (!errors?.length && detail !== title) lines.push(`  ${oneLine(detail)}`);
  for (const error of errors ?? [])
    lines.push(`  ${style.yellow(oneLine(error.pointer) || '/')}  ${oneLine(error.detail)}`);
  row('module', module === undefined ? undefined : moduleLabel(module));
  row('step', step);
  row('agent', agent_name);
  row('run', run_id);
  row('trace', trace_id);
  for (const hint of hints(problem, where)) lines.push(`${style.dim('→')} ${hint}`);
  return `${lines.join('\n')}\n`;
}

/** What to do about a refusal that has nothing to do with the goal. */
const remedies: Record<number, string> = {
  401: 'Set AGENTO_API_KEY to one of the keys of the service (its AGENTO_API_KEYS).',
  403: 'Name the service with --url as it knows itself, or add that host name to its AGENTO_ALLOWED_HOSTS.',
  421: 'Name the service with --url as it knows itself, or add that host name to its AGENTO_ALLOWED_HOSTS.',
  407: 'A proxy stands before the service and wants to know who calls: name the service itself with --url.',
  409: 'A run of this id is there already: give no run id for a new one, or post an output of it to the next module.',
};

function hints({ status, trace_id }: Problem, { dataDir, traced }: Whereabouts): string[] {
  const known = remedies[status];
  if (known) return [known];
  if (status === 503) return ['The service has as many runs as it takes: try again in a moment.'];
  // Bad input leaves nothing in the trace that the lines above do not say.
  if (status < 500 || !trace_id) return [];
  const trace = traced ? `\`${traceCommand(dataDir, oneLine(trace_id))}\` shows where; ` : '';
  return [`${trace}\`${pnpm} agento doctor\` checks the model and the rest.`];
}

/** Bad input and a wrong key are the caller's to mend, an unknown address is not reachable, all else is a failed run. */
export function problemExitCode({ status }: Problem): ExitCode {
  if ([400, 401, 403, 407, 409, 413, 415, 421, 422].includes(status)) return exitCodes.usage;
  return status === 404 || status === 405 ? exitCodes.notFound : exitCodes.failed;
}
