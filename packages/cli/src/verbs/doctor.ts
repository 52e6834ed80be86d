import { readTelemetryEnvironment } from '@agento/tracing/variables';
import { withOwnKey } from '../api-key.ts';
import { checkAccess } from '../doctor/access.ts';
import { checkCollector } from '../doctor/collector.ts';
import { connections } from '../doctor/connections.ts';
import type { Diagnosis } from '../doctor/diagnosis.ts';
import { checkDisk } from '../doctor/disk.ts';
import { checkModel } from '../doctor/model.ts';
import { checkModule } from '../doctor/module.ts';
import { checkProxy } from '../doctor/proxy.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { planSystem } from '../system/plan.ts';
import { oneLine, styleOf, type Terminal } from '../terminal.ts';

/**
 * `agento doctor`: is everything a run needs in order? One line a check, with what to do where it is not.
 * Throws an EnvironmentError when a variable has a wrong value.
 */
export async function doctor(terminal: Terminal, options: { portBase?: number }): Promise<ExitCode> {
  const { stdout, env } = terminal;
  const { green, red, bold, dim } = styleOf(stdout, env);
  const plan = await planSystem(env, options.portBase);
  const { headers, tls, proxies } = readTelemetryEnvironment(env);
  // Processes of `start` are never reached through a proxy.
  const toModel = connections(plan.model.offline ? null : proxies);
  const toCollector = connections(plan.spanTarget.embedded ? null : proxies, tls);
  // All run concurrently and are shown in order, so one that hangs does not delay the others.
  const checks: [string, Promise<Diagnosis>][] = [
    ['node', Promise.resolve({ ok: true, found: process.version })],
    ['disk', checkDisk(plan.dataDir)],
    ['access', Promise.resolve(checkAccess(env))],
    ['proxy', checkProxy(env)],
    ['model', checkModel(plan.model, env.OPENAI_API_KEY, toModel)],
    ['collector', checkCollector(plan.spanTarget, headers, toCollector)],
    ...plan.modules.map(({ name, url }): [string, Promise<Diagnosis>] => [
      name,
      checkModule(url, withOwnKey(env)),
    ]),
  ];
  let sound = true;
  for (const [name, check] of checks) {
    const { ok, found, remedy } = await check;
    sound &&= ok;
    const advice = remedy ? ` ${dim(`→ ${oneLine(remedy)}`)}` : '';
    stdout.write(`${ok ? green('✔') : red('✖')} ${bold(name.padEnd(9))}  ${oneLine(found)}${advice}\n`);
  }
  return sound ? exitCodes.done : exitCodes.failed;
}
