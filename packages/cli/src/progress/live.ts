import { chain } from '@agento/contracts';
import { createLogUpdate } from 'log-update';
import { duration, type Output, oneLine, styleOf } from '../terminal.ts';
import { labelWidth, moduleLabel, type Progress, stepLabel } from './view.ts';

const barWidth = 20;
const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

interface ModuleState {
  started: number;
  finished: number;
  startedAt: number;
  /** Milliseconds, once the module has finished. */
  took: number | null;
  failed: boolean;
  doing: string;
}

/** A bar for each module, redrawn as the run progresses. A bar's length is the share of known steps that finished. */
export function liveProgress(output: Output, env: NodeJS.ProcessEnv): Progress {
  const style = styleOf(output, env);
  const screen = createLogUpdate(output);
  const modules = new Map<number, ModuleState>();
  let frame = 0;
  let heading = '';
  let ended = false;

  const stateOf = (number: number): ModuleState => {
    const known = modules.get(number);
    if (known) return known;
    const fresh = { started: 0, finished: 0, startedAt: Date.now(), took: null, failed: false, doing: '' };
    modules.set(number, fresh);
    return fresh;
  };
  const line = (number: number): string => {
    const label = moduleLabel(number).padEnd(labelWidth);
    const state = modules.get(number);
    if (!state) return style.dim(`  ${label}`);
    const share = state.took !== null ? 1 : state.finished / Math.max(state.started, 1);
    const filled = Math.round(share * barWidth);
    const bar = style.cyan('█'.repeat(filled)) + style.dim('░'.repeat(barWidth - filled));
    const spinner = style.cyan(frames[frame % frames.length] ?? '');
    const waiting = ended ? style.dim('–') : spinner;
    const mark = state.failed ? style.red('✖') : state.took === null ? waiting : style.green('✔');
    const time = duration(state.took ?? Date.now() - state.startedAt).padStart(8);
    const room = Math.max((output.columns ?? 80) - labelWidth - barWidth - 20, 0);
    const doing = style.dim(state.doing.slice(0, room));
    return `${mark} ${label}  ${bar} ${String(state.finished).padStart(3)}  ${time}  ${doing}`;
  };
  const draw = () => {
    frame += 1;
    screen([heading, ...chain.map(({ number }) => line(number))].join('\n'));
  };
  const timer = setInterval(draw, 100);

  return {
    event({ name, data }) {
      if (name === 'run.started') heading = style.dim(`run ${oneLine(data.run_id)}`);
      if (name === 'step.started') {
        const state = stateOf(data.module);
        state.started += 1;
        state.doing = `${stepLabel(data)} · ${oneLine(data.agent_name)}`;
      }
      if (name === 'step.finished') {
        const state = stateOf(data.module);
        state.finished += 1;
        state.failed ||= data.failed === true;
        state.doing = `${stepLabel(data)} · ${oneLine(data.summary)}`;
      }
      if (name === 'module.finished') {
        const state = stateOf(data.module);
        state.took = data.duration_ms;
        state.doing = '';
      }
    },
    note: (text) => screen.persist(text),
    end() {
      clearInterval(timer);
      ended = true;
      draw();
      screen.done();
    },
  };
}
