import type { LegacyStep } from './step.ts';

interface Kept {
  runId: string;
  attempt: number;
  traceId: string;
  steps: string[];
  omitted: number;
}

/** The steps of runs in progress in one module. Their total size is bounded. */
export class LegacyRecord {
  readonly #module: number;
  readonly #maxBytes: number;
  readonly #runs = new Map<string, Kept>();
  #bytes = 0;

  constructor(module: number, maxBytes: number) {
    this.#module = module;
    this.#maxBytes = maxBytes;
  }

  get runs(): { runId: string; attempt: number }[] {
    return [...this.#runs.values()];
  }

  /** Keeps a step; if there is no room, it is only counted. */
  add({ runId, attempt, traceId, json }: LegacyStep): void {
    const key = keyOf(runId, attempt);
    const run = this.#runs.get(key) ?? { runId, attempt, traceId, steps: [], omitted: 0 };
    this.#runs.set(key, run);
    const size = Buffer.byteLength(json);
    if (this.#bytes + size > this.#maxBytes) {
      run.omitted += 1;
      return;
    }
    this.#bytes += size;
    run.steps.push(json);
  }

  /** The file of an attempt at a run, which is then forgotten; null if it captured nothing. */
  take(runId: string, attempt: number): string | null {
    const key = keyOf(runId, attempt);
    const run = this.#runs.get(key);
    if (!run) return null;
    this.#runs.delete(key);
    for (const step of run.steps) this.#bytes -= Buffer.byteLength(step);
    const head = { run_id: runId, trace_id: run.traceId, module: this.#module, omitted: run.omitted };
    return `${JSON.stringify(head).slice(0, -1)},"steps":[\n${run.steps.join(',\n')}\n]}\n`;
  }
}

function keyOf(runId: string, attempt: number): string {
  return `${runId}/${attempt}`;
}
