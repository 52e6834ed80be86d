import type { DeliveryLog } from './types.ts';

/** How long each kind of trouble is not reported again. A TLS fault lasts until somebody fixes it. */
const quietMs = { export: 60_000, spool: 60_000, dropped: 60_000, rejected: 60_000, tls: 3_600_000 };

export type WarningKind = keyof typeof quietMs;

/**
 * Warns of each kind of trouble at most once a minute or an hour, however often it comes and goes, and reports once
 * when it is over.
 */
export class Warnings {
  readonly #log: DeliveryLog | undefined;
  readonly #given = new Map<WarningKind, { at: number; over: boolean }>();

  constructor(log: DeliveryLog | undefined) {
    this.#log = log;
  }

  warn(kind: WarningKind, fields: () => object, text: string): void {
    const before = this.#given.get(kind);
    if (before && performance.now() - before.at < quietMs[kind]) return;
    this.#given.set(kind, { at: performance.now(), over: false });
    this.#log?.warn(fields(), text);
  }

  over(kind: WarningKind, fields: () => object, text: string): void {
    const before = this.#given.get(kind);
    if (!before || before.over) return;
    before.over = true;
    this.#log?.info(fields(), text);
  }
}
