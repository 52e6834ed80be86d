import type { Usage } from '@agento/contracts';
import { duration, type Output, oneLine, styleOf } from '../terminal.ts';
import { labelWidth, moduleLabel, type Progress, stepLabel } from './view.ts';

/** One line for each step and module that finished: what a log or a pipe wants. */
export function plainProgress(output: Output, env: NodeJS.ProcessEnv): Progress {
  const { bold, dim, red, green } = styleOf(output, env);
  const print = (...columns: string[]) => output.write(`${columns.join('  ').trimEnd()}\n`);
  const label = (module: number) => moduleLabel(module).padEnd(labelWidth);
  return {
    event({ name, data }) {
      if (name === 'run.started')
        print(bold('run'), oneLine(data.run_id), dim(`trace ${oneLine(data.trace_id)}`));
      if (name === 'step.finished') {
        const mark = data.failed ? red('✖') : ' ';
        const what = [stepLabel(data).padEnd(32), oneLine(data.agent_name).padEnd(24)];
        const figures = [duration(data.duration_ms).padStart(8), tokens(data.usage).padStart(14)];
        print(mark, label(data.module), ...what, dim(figures.join('  ')), oneLine(data.summary));
      }
      if (name === 'module.finished') {
        const figures = [duration(data.duration_ms), tokens(data.usage)].filter(Boolean).join(', ');
        print(green('✔'), bold(label(data.module)), `done in ${figures}`);
      }
    },
    note: (line) => print(line),
    end() {},
  };
}

function tokens({ input_tokens, output_tokens, calls_without_usage }: Usage): string {
  if (input_tokens + output_tokens === 0) return '';
  return `${calls_without_usage ? '≥ ' : ''}${input_tokens}→${output_tokens} tokens`;
}
