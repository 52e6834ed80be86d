import { redactedMark } from '@agento/contracts';
import { marker } from '@agento/redaction';
import { expect, test } from 'vitest';

test('What a replay looks for is what the redaction writes.', () => {
  expect(redactedMark).toBe(marker);
});
