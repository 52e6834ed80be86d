import { expect, test } from 'vitest';
import { chain, moduleInfo, roleName } from '../src/index.ts';

test('The chain begins with these five modules, each with a type, a title and a port of its own.', () => {
  expect(chain.slice(0, 5).map(({ number, type, title, port }) => [number, type, title, port])).toEqual([
    [1, 'success_criteria_generator', 'Success criteria', 3001],
    [2, 'plan_generator', 'Plan outline', 3002],
    [3, 'plan_expander', 'Expanded plan', 3003],
    [4, 'deficiency_identifier', 'Deficiencies', 3004],
    [5, 'revision_implementer', 'Final plan', 3005],
  ]);
});

test('A module is found by its number; another number is an error that says which there are.', () => {
  expect(moduleInfo(4)).toMatchObject({
    number: 4,
    type: 'deficiency_identifier',
    title: 'Deficiencies',
    port: 3004,
  });
  const { length } = chain;
  expect(() => moduleInfo(length + 1)).toThrow(
    new RangeError(`No module ${length + 1}: modules are 1 to ${length}`),
  );
});

test("A module's type in CamelCase is the role of what no model does.", () => {
  expect(chain.slice(0, 5).map(({ type }) => roleName(type))).toEqual([
    'SuccessCriteriaGenerator',
    'PlanGenerator',
    'PlanExpander',
    'DeficiencyIdentifier',
    'RevisionImplementer',
  ]);
});

test("Each module's output asks for all that the output before it asks for.", () => {
  const required = chain.map(({ output }) => output.required as string[]);

  for (const [index, fields] of required.slice(1).entries()) {
    expect(fields).toEqual(expect.arrayContaining(required[index] ?? []));
  }
});
