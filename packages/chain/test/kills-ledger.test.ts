import { describe, expect, it } from 'vitest';
import { compareWithLedger, lateInWords } from '../src/kills/ledger.ts';

const asked = (id: string, askedAt: number) => ({ id, askedAt, answeredAt: askedAt + 5, abortedAt: null });
const recorded = (key: string, answerId: string, recordedAt: number) => ({
  runId: 'run',
  key,
  answerId,
  recordedAt,
});

describe('the ledger of the model and the journals', () => {
  it('agree if every request was made once and recorded, and also if some had to be made again', () => {
    const calls = [recorded('search', 'a', 10), recorded('criteria', 'b', 90)];
    const ledger = [asked('a', 0), asked('b', 20), asked('b', 60)];
    expect(compareWithLedger(ledger, calls)).toEqual({ paidTwice: [], unexplained: [], madeAgain: 1 });
  });

  it('show a request that was made after its answer was recorded', () => {
    const ledger = [asked('a', 0), asked('a', 40)];
    const calls = [recorded('search', 'a', 10), recorded('search', 'a', 50)];
    const found = ['run search: asked 30 ms after it was recorded'];
    for (const known of [calls.slice(0, 1), calls])
      expect(compareWithLedger(ledger, known).paidTwice.map(lateInWords)).toEqual(found);
  });

  it('show what one of them does not know, and what is recorded twice', () => {
    const calls = [recorded('search', 'a', 10), recorded('search', 'a', 20), recorded('criteria', 'c', 30)];
    expect(compareWithLedger([asked('a', 0), asked('b', 5)], calls).unexplained).toEqual([
      'run search: recorded 2 times',
      'run criteria: recorded, but asked 0 times',
      'b: asked 1 times, never recorded',
    ]);
  });
});
