import type { Problem } from '@agento/contracts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { moduleLabel } from './progress/view.ts';
import { oneLine, type Style } from './terminal.ts';

/** A problem as lines a person reads: what, where, which trace, what to do. */
export function renderProblem(problem: Problem, style: Style): string {
  const { title, status, detail, errors, module, step, agent_name, run_id, trace_id } = problem;
  const lines = [`${style.red('✖')} ${style.bold(oneLine(title))} ${style.dim(`(${status})`)}`];
  const row = (name: string, value: string | undefined) => {
    if (value) lines.push(`  ${style.dim(name.padEnd(7))} ${oneLine(value)}`);
  };
  // The detail of bad input sums up its errors: what stands below need not be said twice.
  if (!errors?.length && detail !== title) lines.push(`  ${oneLine(detail)}`);
  for (const error of errors ?? [])
    lines.push(`  ${style.yellow(error.pointer || '/')}  ${oneLine(error.detail)}`);
  row('module', module === undefined ? undefined : moduleLabel(module));
  row('step', step);
  row('agent', agent_name);
  row('run', run_id);
  row('trace', trace_id);
  for (const hint of hints(problem)) lines.push(`${style.dim('→')} ${hint}`);
  return `${lines.join('\n')}\n`;
}

function hints({ status, trace_id }: Problem): string[] {
  if (status === 503) return ['The service has as many runs as it takes: try again in a moment.'];
  // Bad input leaves nothing in the trace that the lines above do not say.
  if (status < 500 || !trace_id) return [];
  return [
    `\`pnpm agento trace ${trace_id}\` shows where; \`pnpm agento doctor\` checks the model and the rest.`,
  ];
}

/** Bad input is the caller's to mend, an unknown address is not reachable, all else is a failed run. */
export function problemExitCode({ status }: Problem): ExitCode {
  if ([400, 413, 415, 422].includes(status)) return exitCodes.usage;
  return status === 404 || status === 405 ? exitCodes.notFound : exitCodes.failed;
}
