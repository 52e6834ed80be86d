import Type from 'typebox';
import { expect, test } from 'vitest';
import { findings } from '../src/index.ts';

const schema = Type.Object(
  { scores: Type.Array(Type.Object({ by_criterion: Type.Record(Type.String(), Type.Number()) })) },
  { additionalProperties: false },
);
const long = 'k'.repeat(200_000);
const given = { scores: [{ by_criterion: { [long]: 'x', 'a/b~c': 'y' } }], [`sentence ${long}`]: 1 };

test('A name that the schema does not know is cut to whole words of its first 64 characters, wherever in a pointer it stands.', () => {
  expect(findings(schema, given)).toEqual([
    {
      pointer: '/sentence …',
      detail: 'unknown field sentence …',
    },
    { pointer: '/scores/0/by_criterion/kkkkkkkk…', detail: 'must be number' },
    { pointer: '/scores/0/by_criterion/a~1b~0c', detail: 'must be number' },
  ]);
});

test('Without foreign names a pointer ends at what holds them.', () => {
  expect(findings(schema, given, { foreignNames: false })).toEqual([
    { pointer: '', detail: 'has an unknown field' },
    { pointer: '/scores/0/by_criterion', detail: 'must be number' },
    { pointer: '/scores/0/by_criterion', detail: 'must be number' },
  ]);
});
