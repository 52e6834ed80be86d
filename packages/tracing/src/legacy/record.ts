import type { LegacyStep } from './step.ts';

/** The steps of runs under way in one module. What they hold together is bounded. */
export class LegacyRecord {
  readonly #module: number;
  readonly #maxBytes: number;
  readonly #runs = new Map<string, { traceId: string; steps: string[]; omitted: number }>();
  #bytes = 0;

  constructor(module: number, maxBytes: number) {
    this.#module = module;
    this.#maxBytes = maxBytes;
  }

  get runs(): string[] {
    return [...this.#runs.keys()];
  }

  /** Keeps a step; where there is no more room it is only counted. */
  add({ runId, traceId, json }: LegacyStep): void {
    const run = this.#runs.get(runId) ?? { traceId, steps: [], omitted: 0 };
    this.#runs.set(runId, run);
    const size = Buffer.byteLength(json);
    if (this.#bytes + size > this.#maxBytes) {
      run.omitted += 1;
      return;
    }
    this.#bytes += size;
    run.steps.push(json);
  }

  /** The run's file, and the record forgets it; null for a run that captured nothing. */
  take(runId: string): string | null {
    const run = this.#runs.get(runId);
    if (!run) return null;
    this.#runs.delete(runId);
    for (const step of run.steps) this.#bytes -= Buffer.byteLength(step);
    const head = { run_id: runId, trace_id: run.traceId, module: this.#module, omitted: run.omitted };
    return `${JSON.stringify(head).slice(0, -1)},"steps":[\n${run.steps.join(',\n')}\n]}\n`;
  }
}
