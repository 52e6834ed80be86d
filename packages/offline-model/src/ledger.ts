/** One chat completion that was asked for. Times are in milliseconds since 1970. */
export interface LedgerEntry {
  /** Of its answer, which is a hash of the request's text: the same request has the same id. */
  id: string;
  askedAt: number;
  /** When its answer was sent whole; null if it was not, or not yet. */
  answeredAt: number | null;
  /** When its caller left before that; null if it did not. */
  abortedAt: number | null;
}

/** Keeps account of what was asked, and grows with it: a test looks whether anything was paid for twice. */
export class Ledger {
  readonly entries: LedgerEntry[] = [];

  /** Enters a request; tell the function how it ended. */
  ask(id: string): (how: 'answered' | 'aborted') => void {
    const entry: LedgerEntry = { id, askedAt: Date.now(), answeredAt: null, abortedAt: null };
    this.entries.push(entry);
    return (how) => {
      entry[how === 'answered' ? 'answeredAt' : 'abortedAt'] = Date.now();
    };
  }
}
