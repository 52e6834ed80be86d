import type { Problem } from '@agento/contracts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { agento, traceCommand } from './invocation.ts';
import type { Whereabouts } from './outcome.ts';
import { moduleLabel } from './progress/view.ts';
import { oneLine, type Style } from './terminal.ts';

/** A problem as lines a person reads: what, where, which trace, what to do. */
export function renderProblem(problem: Problem, where: Whereabouts, style: Style): string {
  const { title, status, detail, errors, module, step, agent_name, run_id, trace_id } = problem;
  const lines = [`${style.red('✖')} ${style.bold(oneLine(title))} ${style.dim(`(${status})`)}`];
  const row = (name: string, value: string | undefined) => {
    if (value) lines.push(`  ${style.dim(name.padEnd(7))} ${oneLine(value)}`);
  };
  // The detail of bad input repeats its errors, which are listed below.
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

/** Remedies for refusals that have nothing to do with the goal. */
export const remedies: Record<number, string> = {
  401: 'Set AGENTO_API_KEY to one of the keys of the service (its AGENTO_API_KEYS).',
  403: 'Use a host name in --url that the service accepts, or add this one to its AGENTO_ALLOWED_HOSTS.',
  421: 'Use a host name in --url that the service accepts, or add this one to its AGENTO_ALLOWED_HOSTS.',
  407: 'A proxy in front of the service requires authentication: set --url to the service itself.',
};

function hints({ status, trace_id }: Problem, { dataDir, traced }: Whereabouts): string[] {
  const known = remedies[status];
  if (known) return [known];
  if (status === 503) return ['The service is at its limit of runs: try again in a moment.'];
  // For bad input the trace adds nothing to the lines above.
  if (status < 500 || !trace_id) return [];
  const trace = traced ? `\`${traceCommand(dataDir, oneLine(trace_id))}\` shows where; ` : '';
  return [`${trace}\`${agento} doctor\` checks the model and everything else.`];
}

/** Bad input and a wrong key are usage errors, an unknown address is not found, anything else is a failed run. */
export function problemExitCode({ status }: Problem): ExitCode {
  if ([400, 401, 403, 407, 409, 413, 415, 421, 422].includes(status)) return exitCodes.usage;
  return status === 404 || status === 405 ? exitCodes.notFound : exitCodes.failed;
}
