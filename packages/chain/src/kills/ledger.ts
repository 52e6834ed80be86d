import type { LedgerEntry } from '@agento/offline-model';

/** A call as a journal has it. */
export interface JournalledCall {
  runId: string;
  key: string;
  /** Id of the answer: the same request has the same one. */
  answerId: string;
  /** Milliseconds since 1970. */
  recordedAt: number;
}

/** A request that came after its answer was recorded, for whichever of these calls. */
export interface LateRequest {
  calls: JournalledCall[];
  askedAt: number;
  recordedAt: number;
}

export function lateInWords({ calls, askedAt, recordedAt }: LateRequest): string {
  return `${namesOf(calls)}: asked ${askedAt - recordedAt} ms after it was recorded`;
}

const namesOf = (calls: readonly JournalledCall[]) =>
  calls.map(({ runId, key }) => `${runId} ${key}`).join(', ');

export interface LedgerFindings {
  /** Requests that were made although their answer was recorded. */
  paidTwice: LateRequest[];
  /** Recorded calls that the model knows nothing of, and calls recorded twice. */
  unexplained: string[];
  /** Requests that had to be made again, since a kill came before their answer was recorded. */
  madeAgain: number;
}

/** Holds what the model was asked against what is recorded. No two runs may have asked the same. */
export function compareWithLedger(
  ledger: readonly LedgerEntry[],
  calls: readonly JournalledCall[],
): LedgerFindings {
  const findings: LedgerFindings = { paidTwice: [], unexplained: [], madeAgain: 0 };
  const first: JournalledCall[] = [];
  for (const [name, [one, ...more]] of Map.groupBy(calls, ({ runId, key }) => `${runId} ${key}`)) {
    if (one) first.push(one);
    if (more.length > 0) findings.unexplained.push(`${name}: recorded ${more.length + 1} times`);
  }
  const asked = Map.groupBy(ledger, ({ id }) => id);
  const recorded = Map.groupBy(first, ({ answerId }) => answerId);
  for (const [id, same] of recorded) {
    const requests = asked.get(id) ?? [];
    if (requests.length < same.length)
      findings.unexplained.push(`${namesOf(same)}: recorded, but asked ${requests.length} times`);
    // Before that moment there was still a call to be made for this request.
    const last = Math.max(...same.map(({ recordedAt }) => recordedAt));
    for (const { askedAt } of requests) {
      if (askedAt > last) findings.paidTwice.push({ calls: same, askedAt, recordedAt: last });
    }
    findings.madeAgain += Math.max(0, requests.length - same.length);
  }
  for (const [id, requests] of asked) {
    if (!recorded.has(id)) findings.unexplained.push(`${id}: asked ${requests.length} times, never recorded`);
  }
  return findings;
}
