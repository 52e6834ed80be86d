import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DockerComposeEnvironment, StartupCheckStrategy } from 'testcontainers';
import { bounded, killGroup } from './bounded.ts';

const root = new URL('../..', import.meta.url).pathname;

/** One compose project: `docker compose …` with its files, its variables and a limit for every command. */
export interface Project {
  name: string;
  /** Files from the root of the checkout. */
  files: readonly string[];
  /** Likewise; the process's own variables and `env` come before what they say. */
  envFiles: readonly string[];
  /** Containers of a service, where it is not one. */
  replicas: Record<string, number>;
  env: Record<string, string>;
  /** Where the logs of all its containers go. */
  logFile: string;
}

const composeArguments = ({ name, files, envFiles }: Project) => [
  'compose',
  '--project-name',
  name,
  ...envFiles.flatMap((file) => ['--env-file', file]),
  ...files.flatMap((file) => ['--file', file]),
];
const surroundings = ({ env }: Project) => ({ cwd: root, env: { ...process.env, ...env } });

/** Runs `docker compose …`; gives what it printed. @throws as bounded does */
export function compose(project: Project, seconds: number, ...command: string[]): Promise<string> {
  return bounded('docker', [...composeArguments(project), ...command], { seconds, ...surroundings(project) });
}

/**
 * Starts services and what they need, within 240 s; resolves when all are healthy, with the function that takes
 * everything down again. When that fails, everything is taken down here.
 *
 * @throws Error with the command that failed, the state of the containers and the last lines of their logs
 */
export async function bringUp(project: Project, ...services: string[]): Promise<() => Promise<void>> {
  let logs: ChildProcess | undefined;
  try {
    await compose(project, 60, 'create');
    // Followed from the start: what never comes up says why here.
    logs = await follow(project);
    const scale = Object.entries(project.replicas).flatMap(([service, count]) => [
      '--scale',
      `${service}=${count}`,
    ]);
    await within(180, up(project, [...scale, '--wait', '--wait-timeout', '170'], services));
    return () => takeDown(project, logs);
  } catch (error) {
    const evidence = await evidenceOf(project);
    const left = await takeDown(project, logs).catch((remains: unknown) => `\n${message(remains)}`);
    throw new Error(`${message(error)}\n${evidence}${left ?? ''}`, { cause: error });
  }
}

/** Starts the services; compose itself waits until they are healthy. */
async function up(project: Project, commandOptions: string[], services: string[]): Promise<void> {
  await new DockerComposeEnvironment(root, [...project.files])
    .withProjectName(project.name)
    .withAutoCleanup(false)
    .withEnvironment({ ...process.env, ...project.env } as Record<string, string>)
    .withClientOptions({
      composeOptions: project.envFiles.flatMap((file) => ['--env-file', file]),
      commandOptions,
    })
    .withDefaultWaitStrategy(new Healthy())
    .up(services);
}

/** What compose has waited for needs no second wait. */
class Healthy extends StartupCheckStrategy {
  override checkStartupState() {
    return Promise.resolve('SUCCESS' as const);
  }
}

/** An engine that is stuck never answers: testcontainers would wait for ever. */
async function within<T>(seconds: number, work: Promise<T>): Promise<T> {
  const late = AbortSignal.timeout(seconds * 1000);
  return Promise.race([
    work,
    once(late, 'abort').then(() => {
      throw new Error(`\`docker compose up\` did not end within ${seconds} s`);
    }),
  ]);
}

async function follow(project: Project): Promise<ChildProcess> {
  await mkdir(dirname(project.logFile), { recursive: true });
  const file = await open(project.logFile, 'w');
  const command = [...composeArguments(project), 'logs', '--follow', '--no-color', '--timestamps'];
  const child = spawn('docker', command, {
    ...surroundings(project),
    detached: true,
    stdio: ['ignore', file.fd, file.fd],
  });
  child.once('close', () => file.close());
  return child;
}

async function evidenceOf(project: Project): Promise<string> {
  const commands = [
    ['ps', '--all'],
    ['logs', '--no-color', '--tail', '15'],
  ];
  const told = commands.map(async (command) => {
    const text = await compose(project, 20, ...command).catch(message);
    return `--- docker compose ${command.join(' ')}\n${text}`;
  });
  return (await Promise.all(told)).join('\n');
}

/** Takes everything down with its volumes, by force if it does not go by itself. */
async function takeDown(project: Project, logs: ChildProcess | undefined): Promise<void> {
  try {
    await compose(project, 90, 'down', '--volumes', '--remove-orphans');
  } catch {
    // What is gone already, or cannot be killed, must not keep the rest: the last command tells whether it worked.
    await compose(project, 20, 'kill').catch(() => {});
    await compose(project, 30, 'rm', '--force', '--volumes').catch(() => {});
    await compose(project, 30, 'down', '--volumes', '--remove-orphans', '--timeout', '1');
  } finally {
    // Gone with the last container, unless the engine is stuck.
    if (logs?.exitCode === null) {
      await once(logs, 'close', { signal: AbortSignal.timeout(5_000) }).catch(() => killGroup(logs.pid));
    }
  }
}

const message = (error: unknown) => (error instanceof Error ? error.message : String(error));
