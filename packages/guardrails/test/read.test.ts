import { describe, expect, test } from 'vitest';
import { GuardrailFileError, readGuardrails } from '../src/index.ts';

function problemsOf(text: string): string[] {
  try {
    readGuardrails(text);
  } catch (error) {
    if (error instanceof GuardrailFileError) return error.problems;
    throw error;
  }
  return [];
}

const file = `
version: 1
guardrails:
  - id: ratings-differ
    description: Ratings that are all alike decide nothing
    action: repair
    steps: [criteria_evaluation]
    check: { kind: spread, field: "evaluations[].rating", least: 2 }
`;

describe('A file of guardrails', () => {
  test('says for each answer which guardrails it has to pass.', () => {
    const guardrails = readGuardrails(file);

    expect(
      guardrails
        .of(1, 'criteria_evaluation', 'CriteriaEvaluator')
        ?.judge({ answer: ratings(7, 7, 8), input: {} }),
    ).toEqual([
      {
        guardrail: guardrails.all[0],
        problems: [
          {
            pointer: '',
            detail:
              'the 3 values of evaluations[].rating go from 7 to 8: they must differ by at least 2, so that they tell the good from the less good',
          },
        ],
      },
    ]);
    expect(guardrails.of(1, 'criteria_generation', 'CriteriaGenerator')).toBeNull();
  });

  test('is refused with everything that is wrong in it, where it stands.', () => {
    expect(
      problemsOf(`
version: 1
guardrails:
  - id: one
    description: A score
    action: warn
    steps: [expansion_evaluation]
    check: { kind: number, field: rating, least: 1 }
  - id: one
    description: A text
    action: block
    agents: [Evaluator]
    check: { kind: pattern, forbid: ["(?<=a)b"] }
  - id: three
    description: Two judgements
    action: warn
    steps: [criteria_evaluation]
    check: { kind: agreement, field: "evaluations[].rating", by: criterion_id, with: { in: input, field: "candidates.rating" }, most: 3 }
  - id: four
    description: No limits
    action: warn
    modules: [3]
    check: { kind: number, field: score }
`),
    ).toEqual([
      'one (/guardrails/0/check/field): the answer of expansion_evaluation has no rating: it has reasoning, score',
      'one (/guardrails/1/id): another guardrail has this id',
      expect.stringMatching(
        /^one \(\/guardrails\/1\/agents\/0\): there is no agent Evaluator that asks a model; there are SearchAgent, ConstraintExtractor, /,
      ),
      'three (/guardrails/2/check/with/field): candidates in the input of criteria_evaluation is a list: write candidates[]',
      'three (/guardrails/2/check/with): needs by on both sides, or on neither',
      'four (/guardrails/3/check/field): the answer of item_generation has no score: it has text',
      'four (/guardrails/3/check): needs least, most or both',
    ]);
  });

  test('with a pattern that cannot be searched in one pass is refused.', () => {
    expect(
      problemsOf(
        'version: 1\nguardrails: [{ id: a, description: A, action: warn, check: { kind: pattern, forbid: ["(?<=a)b"] } }]',
      ),
    ).toEqual([
      "a (/guardrails/0/check): a pattern cannot be used: invalid named capture: `(?<=a)b` (RE2's syntax has no look-around and no reference back)",
    ]);
  });

  test('whose words have no worth is refused: it would never find anything.', () => {
    const file = (values: string) =>
      `version: 1\nguardrails: [{ id: a, description: A, action: warn, steps: [revision_evaluation], check: { kind: agreement, field: score, with: { in: answer, field: "criteria_fulfillment[].status" }, most: 30${values} } }]`;

    expect(problemsOf(file(''))).toEqual([
      'a (/guardrails/0/check/with/field): criteria_fulfillment[].status in the answer of revision_evaluation is a text: values must say what its words are worth',
    ]);
    expect(readGuardrails(file(', values: { fully_met: 100 }')).all).toHaveLength(1);
  });

  test('of another shape is told what it lacks.', () => {
    expect(problemsOf('version: 2\nguardrails: []\nrules: []')).toEqual([
      '/rules: unknown field rules',
      '/version: must be 1',
      '/guardrails: must not have fewer than 1 items',
    ]);
    expect(
      problemsOf(
        'version: 1\nguardrails: [{ id: a, action: stop, check: { kind: score } }, { id: b, description: B, action: warn, check: { kind: spread, fields: x } }]',
      ),
    ).toEqual([
      '/guardrails/0/description: description is required',
      '/guardrails/0/action: must be one of ["warn","repair","block"]',
      '/guardrails/0/check/kind: must be one of number, text, quote, spread, pattern, agreement',
      '/guardrails/1/check/field: field is required',
      '/guardrails/1/check/least: least is required',
      '/guardrails/1/check/fields: unknown field fields',
    ]);
    expect(problemsOf('guardrails: []')).toEqual([
      '/version: must be 1',
      '/guardrails: must not have fewer than 1 items',
    ]);
    expect(problemsOf('"guardrails')).toEqual([expect.stringMatching(/^this is neither YAML nor JSON: /)]);
    expect(problemsOf('')).toEqual(['it has no guardrails: it needs version: 1 and guardrails, a list']);
  });
});

function ratings(...given: number[]) {
  return { evaluations: given.map((rating, index) => ({ criterion_id: `c${index + 1}`, rating })) };
}
