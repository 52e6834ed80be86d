import { expect, test } from 'vitest';
import { chain, moduleInfo, roleName } from '../src/index.ts';

test('The chain begins with these five modules, each with a type and a port of its own.', () => {
  expect(chain.slice(0, 5).map(({ number, type, port }) => [number, type, port])).toEqual([
    [1, 'success_criteria_generator', 3001],
    [2, 'plan_generator', 3002],
    [3, 'plan_expander', 3003],
    [4, 'deficiency_identifier', 3004],
    [5, 'revision_implementer', 3005],
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
