import { expect, test } from 'vitest';
import { finishedData, outputIn } from '../src/runs/finished-data.ts';

test('An output goes into the last event and out again as the text it is, also where another wrote the event.', () => {
  const output = '{"goal": "a \\"quoted\\" goal",\t"items":[1]}';

  const data = finishedData({ text: output, module: 3 });
  expect(JSON.parse(data)).toEqual({ output: JSON.parse(output), module: 3 });
  expect(outputIn(data, 5)).toEqual({ text: output, module: 3 });
  expect(outputIn('{ "output" : {"goal": "g"} }', 5)).toEqual({ text: '{"goal":"g"}', module: 5 });
});
