import { expect, test } from 'vitest';
import { checkGiven, findings, Module2Input } from '../src/index.ts';

const criteria = [
  {
    id: 'c1',
    criteria: 'It is dated',
    reasoning: 'r',
    rating: 5,
    produced_by: {
      agent_name: 'CriteriaEvaluator',
      model: 'm',
      prompt_version: '1',
      prompt_sha256: 'x',
      trace_id: 't',
      span_id: 's',
    },
  },
];
/** As module 1 wrote it before outputs said their version: no constraints either. */
const first = {
  goal: 'Open a repair café',
  search_summary: 's',
  search_mode: 'model_knowledge',
  sources: [],
  success_criteria: criteria,
  selected_criteria: criteria,
};

test('An output of the version before is taken, and one of this version.', () => {
  for (const more of [{}, { schema_version: 1 }, { schema_version: 2, constraints: [] }]) {
    const output = { ...first, ...more };
    expect([...findings(Module2Input, output), ...checkGiven(output)]).toEqual([]);
  }
});

test('An output of a version to come is refused, with what to do.', () => {
  expect(checkGiven({ ...first, schema_version: 3 })).toEqual([
    {
      pointer: '/schema_version',
      detail: 'must be at most 2: this was written by a newer version, which alone can continue it',
    },
  ]);
});
