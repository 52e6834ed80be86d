import { expect, test } from 'vitest';
import { finishedData, outputIn } from '../src/finished-data.ts';

test('An output goes into the last event and out again as the text it is, also where another wrote the event.', () => {
  const output = '{"goal": "a \\"quoted\\" goal",\t"items":[1]}';

  expect(JSON.parse(finishedData(output))).toEqual({ output: JSON.parse(output) });
  expect(outputIn(finishedData(output))).toBe(output);
  expect(outputIn('{ "output" : {"goal": "g"} }')).toBe('{"goal":"g"}');
});
