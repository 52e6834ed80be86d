import { describe } from 'vitest';
import { describeCancelling } from './cancelling.ts';
import { type Bench, given } from './given.ts';
import { describeKeys } from './keys.ts';
import { describeLeases } from './leases.ts';
import { describeParts } from './parts.ts';
import { describeRecords } from './records.ts';
import { describeRemoving } from './removing.ts';
import { describeWaiting } from './waiting.ts';

/** What every driver of the run store does. */
export function describeStore(name: string, makeStore: () => Promise<Bench>): void {
  describe(`The run store in ${name}`, () => {
    const the = given(makeStore);
    describeParts(the);
    describeLeases(the);
    describeRecords(the);
    describeCancelling(the);
    describeRemoving(the);
    describeWaiting(the);
    describeKeys(the);
  });
}
