import { setTimeout as delay } from 'node:timers/promises';
import { eventually, type ServiceProcess, spawnService, stopService } from '../chain.ts';

/** One that ends without having been killed is started again after so long, in milliseconds. */
const pauseMs = 500;

/** A module's process that is started again as soon as it has died. */
export class KeptService {
  readonly number: number;
  /** How processes ended that were not killed. */
  readonly ownEnds: string[] = [];
  readonly #env: Record<string, string>;
  readonly #all: ServiceProcess[] = [];
  #isStopping = false;
  #isRestarting = false;

  constructor(number: number, env: Record<string, string>) {
    this.number = number;
    this.#env = env;
    this.#start();
  }

  /** What all its processes have logged. */
  log(): string {
    return this.#all.map((service) => service.log()).join('');
  }

  /** Kills the process that runs now; false if there is none. */
  kill(): boolean {
    const child = this.#all.at(-1)?.process;
    return child?.exitCode === null && child.signalCode === null && child.kill('SIGKILL');
  }

  /** Stops the process as an operator would, and starts it anew; gives how it ended: 0, unless it was not well. */
  async restart(): Promise<number | NodeJS.Signals | null> {
    const current = this.#all.at(-1);
    if (!current) return null;
    this.#isRestarting = true;
    await stopService(current);
    this.#isRestarting = false;
    await eventually(async () => ((await fetch(`${current.url}/readyz`)).ok ? true : null), 'the restart');
    return current.process.exitCode ?? current.process.signalCode;
  }

  /** Stops the process that runs now in the middle of whatever it does; gives what lets it go on, null if there is none. */
  freeze(): (() => void) | null {
    const child = this.#all.at(-1)?.process;
    if (child?.exitCode !== null || child.signalCode !== null || !child.kill('SIGSTOP')) return null;
    return () => void child.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    const current = this.#all.at(-1);
    if (current) await stopService(current);
  }

  #start(): void {
    const service = spawnService(this.number, this.#env);
    this.#all.push(service);
    service.process.once('exit', (code, signal) => void this.#again(code, signal));
  }

  async #again(code: number | null, signal: NodeJS.Signals | null): Promise<void> {
    if (!this.#isStopping && !this.#isRestarting && signal !== 'SIGKILL') {
      this.ownEnds.push(`module ${this.number} ended with ${code ?? signal}`);
      await delay(pauseMs);
    }
    if (!this.#isStopping) this.#start();
  }
}
