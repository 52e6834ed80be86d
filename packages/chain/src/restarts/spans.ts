import type { DeliveryStats } from '@agento/tracing';

/** What became of the spans of all processes that stopped, together. */
export interface SpanAccount {
  /** Processes that said so as they stopped. */
  processes: number;
  ended: number;
  exported: number;
  dropped: number;
  /** Why they were dropped. */
  reasons: string[];
  /** Left in a spool for the next process, and taken over by one. */
  spooled: number;
  adopted: number;
  duplicatesPossible: number;
}

/** Adds up what the processes logged as they stopped. */
export function accountOf(logs: readonly string[]): SpanAccount {
  const account: SpanAccount = {
    ...{ processes: 0, ended: 0, exported: 0, dropped: 0, spooled: 0, adopted: 0 },
    reasons: [],
    duplicatesPossible: 0,
  };
  for (const line of logs.flatMap((log) => log.split('\n'))) {
    const figures = figuresIn(line);
    if (!figures) continue;
    account.processes += 1;
    account.ended += figures.ended;
    account.exported += figures.exported;
    account.dropped += Object.values(figures.dropped).reduce((sum, spans) => sum + spans, 0);
    account.reasons.push(...Object.keys(figures.dropped));
    account.spooled += figures.spooled + figures.queued;
    account.adopted += figures.adopted;
    account.duplicatesPossible += figures.duplicates_possible;
  }
  return account;
}

/** What the account does not explain, in words. */
export function missingIn({ ended, exported, dropped, reasons, spooled, adopted }: SpanAccount): string[] {
  const found: string[] = [];
  if (ended + adopted !== exported + dropped + spooled)
    found.push(
      `${ended} spans ended and ${adopted} were adopted, but ${exported} exported, ${dropped} dropped, ${spooled} spooled`,
    );
  if (spooled !== adopted) found.push(`${spooled} spans were left in a spool, but ${adopted} taken over`);
  if (dropped > 0) found.push(`${dropped} spans were dropped: ${reasons.join(', ')}`);
  return found;
}

function figuresIn(line: string): DeliveryStats | null {
  if (!line.includes('"msg":"stopped"')) return null;
  return (JSON.parse(line) as { export: DeliveryStats }).export;
}
