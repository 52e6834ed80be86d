import type { DeliveryLog } from './types.ts';

const quietMs = 60_000;

export type WarningKind = 'export' | 'spool' | 'dropped';

/**
 * Warns of each kind of trouble at most once a minute, however often it comes and goes, and says once that what
 * was warned about is over.
 */
export class Warnings {
  readonly #log: DeliveryLog | undefined;
  readonly #given = new Map<WarningKind, { at: number; over: boolean }>();

  constructor(log: DeliveryLog | undefined) {
    this.#log = log;
  }

  warn(kind: WarningKind, fields: () => object, text: string): void {
    const before = this.#given.get(kind);
    if (before && performance.now() - before.at < quietMs) return;
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
