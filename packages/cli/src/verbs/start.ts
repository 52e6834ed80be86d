import { setTimeout as delay } from 'node:timers/promises';
import { buildPage } from '@agento/page/build';
import { withOwnKey } from '../api-key.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { expectationOf } from '../expectation.ts';
import { goalInput, type RunOptions } from '../goal-input.ts';
import { findModelServers } from '../model-servers/find.ts';
import { type ModelServerOptions, withModelServer } from '../model-servers/take.ts';
import type { Progress } from '../progress/view.ts';
import { newsOf } from '../system/news.ts';
import { planSystem } from '../system/plan.ts';
import { type System, startSystem } from '../system/system.ts';
import { renderSystem } from '../system-report.ts';
import { duration, interruption, oneLine, styleOf, type Terminal } from '../terminal.ts';

interface StartOptions extends RunOptions, ModelServerOptions {
  portBase?: number;
}

/** Milliseconds in which a model server on this machine has to answer that nobody asked for. */
const lookingFor = 300;

/** `agento start`: the whole system, until interrupted; with a goal, for that one run. */
export async function start(
  given: Terminal,
  goal: string | undefined,
  options: StartOptions,
): Promise<ExitCode> {
  const input = goal === undefined ? null : await goalInput(given, goal, options);
  const terminal = await withModelServer(given, options);
  const { env, interrupted } = terminal;
  const json = options.json === true;
  const output = json ? terminal.stderr : terminal.stdout;
  const style = styleOf(output, env);
  const plan = await planSystem(env, options.portBase);
  // Before the services start: they would take the time in which an answer has to come.
  const servers = plan.model.offline ? await findModelServers(lookingFor) : [];

  let progress: Progress | null = null;
  const say = (line: string) => (progress ? progress.note(line) : output.write(`${line}\n`));
  for (const note of plan.notes) say(`${style.yellow('!')} ${note}`);
  const started = [`modules 1 to ${plan.modules.length}`, ...plan.embedded.map(({ title }) => title)];
  say(style.dim(`starting ${new Intl.ListFormat('en').format(started)} …`));
  const began = performance.now();
  // Beside the services' own start; without it everything else still works.
  const building = input === null ? buildPage() : Promise.resolve(false);
  const built = building.then(
    (isNew) => (isNew ? style.dim('the page was built from its sources') : null),
    (error: Error) => `${style.yellow('!')} the page could not be built: ${oneLine(error.message)}`,
  );
  const system = await startSystem(plan, interrupted, newsOf(plan, say, { style, follows: input !== null }));
  try {
    const took = duration(performance.now() - began);
    const note = await built;
    if (note !== null) say(note);
    say(renderSystem(system, { took, stays: input === null, servers, style }));
    if (input === null) {
      await Promise.race([interruption(terminal), system.fault]);
      return exitCodes.interrupted;
    }
    // Loaded once there is a run to follow: a system is up the sooner.
    const [{ followRun }, { createProgress }] = await Promise.all([
      import('../follow-run.ts'),
      import('../progress/progress.ts'),
    ]);
    const expected = await expectationOf(input, env);
    if (expected !== null) say(expected);
    const shown = createProgress(output, env);
    progress = shown;
    const cancel = new AbortController();
    const following = followRun({ ...terminal, env: withOwnKey(env) }, input, {
      url: plan.modules[0]?.url ?? '',
      dataDir: plan.dataDir,
      traced: plan.spanTarget.embedded,
      json,
      progress: shown,
      signal: AbortSignal.any([interrupted, cancel.signal]),
    });
    try {
      const exitCode = await Promise.race([following, system.fault]);
      if (exitCode === exitCodes.failed) await news(system);
      return exitCode;
    } catch (error) {
      if (!interrupted.aborted) await news(system);
      throw error;
    } finally {
      cancel.abort();
      await following.catch(() => {});
    }
  } finally {
    progress = null;
    if (interrupted.aborted) say('stopping');
    await system.stop();
  }
}

/** A run that failed because a process died says so too, once it is known which. Rejects where the system has. */
async function news({ fault }: System): Promise<void> {
  await Promise.race([fault, delay(500)]);
}
