import { describe, expect, test } from 'vitest';
import * as contracts from '../src/index.ts';
import { asksModel, CriteriaChoiceAnswer, chain, findings, VerdictAnswer } from '../src/index.ts';

const answers = Object.entries(contracts)
  .filter(([name]) => name.endsWith('Answer'))
  .map(([name, schema]) => [name, JSON.parse(JSON.stringify(schema))] as const);

interface Schema {
  type?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean;
  items?: Schema;
  anyOf?: Schema[];
}

/**
 * What a provider's strict mode refuses: see "Supported schemas" in OpenAI's guide to structured outputs. (A `maxLength`
 * is left out of what is sent there.)
 */
function refused(schema: Schema, at: string): string[] {
  const own: string[] = [];
  if (schema.type === undefined && !schema.anyOf) own.push(`${at} has no type`);
  if (schema.type === 'object') {
    if (schema.additionalProperties !== false) own.push(`${at} allows further fields`);
    const names = Object.keys(schema.properties ?? {});
    own.push(
      ...names.filter((name) => !schema.required?.includes(name)).map((name) => `${at}/${name} is optional`),
    );
  }
  for (const keyword of ['minLength', 'allOf', 'not', 'if', 'patternProperties', '$ref']) {
    if (keyword in schema) own.push(`${at} uses ${keyword}`);
  }
  return [
    ...own,
    ...Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => refused(inner, `${at}/${name}`)),
    ...(schema.items ? refused(schema.items, `${at}/items`) : []),
    ...(schema.anyOf ?? []).flatMap((inner, index) => refused(inner, `${at}/anyOf/${index}`)),
  ];
}

describe('Answers of models', () => {
  test('There is one for each kind of model step.', () => {
    const names = answers.map(([name]) => name);
    const asked = chain.flatMap(({ steps }) => steps.filter(asksModel).map(({ answer }) => answer));
    expect(names).toHaveLength(new Set(asked).size);
    expect(names).toEqual(
      expect.arrayContaining([
        'ApprovalAnswer',
        'AssessmentAnswer',
        'ConstraintsAnswer',
        'CriteriaAnswer',
        'CriteriaChoiceAnswer',
        'ExpansionAnswer',
        'ImplementationAnswer',
        'PlanAnswer',
        'PlanScoresAnswer',
        'QualityAnswer',
        'RevisedTextAnswer',
        'RevisionRequestAnswer',
        'SearchAnswer',
        'VerdictAnswer',
      ]),
    );
  });

  test.each(answers)('%s has nothing that a strict schema may not have.', (name, schema) => {
    expect(refused(schema, name)).toEqual([]);
  });

  test.each(answers)('%s asks for nothing that a model cannot know.', (_name, schema) => {
    const text = JSON.stringify(schema);

    expect(
      ['produced_by', 'trace_id', 'span_id', 'trace_metadata'].filter((key) => text.includes(key)),
    ).toEqual([]);
  });

  /** What a model only defends once it has written it. */
  const judgements = [
    'score',
    'rating',
    'status',
    'impact',
    'approved',
    'selected_ids',
    'targeted_criteria',
    'kind',
  ];
  const arguments_ = ['reasoning', 'reason', 'note', 'explanation', 'evidence', 'passage', 'text'];
  const late = (schema: Schema, at: string): string[] => {
    const names = Object.keys(schema.properties ?? {});
    const argued = names.findIndex((name) => arguments_.includes(name));
    return [
      ...names
        .filter((name, index) => judgements.includes(name) && (argued < 0 || index < argued))
        .map((name) => `${at}/${name}`),
      ...Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => late(inner, `${at}/${name}`)),
      ...(schema.items ? late(schema.items, at) : []),
    ];
  };

  test.each(answers)('%s argues before it judges.', (name, schema) => {
    expect(late(schema, name)).toEqual([]);
  });

  test('Every fault of an answer is named, so that a repair can be asked for.', () => {
    expect(findings(VerdictAnswer, { reasoning: 'x', score: 200, extra: 1 })).toEqual([
      { pointer: '/extra', detail: 'unknown field extra' },
      { pointer: '/score', detail: 'must be <= 100' },
    ]);
    expect(
      findings(CriteriaChoiceAnswer, {
        evaluations: [{ criterion_id: 'c1', rating: 11, reasoning: 'r' }],
        selected_ids: ['c1'],
        reason: 'r',
        tie_break: null,
      }),
    ).toEqual([
      { pointer: '/evaluations/0/rating', detail: 'must be <= 10' },
      { pointer: '/selected_ids', detail: 'must not have fewer than 3 items' },
    ]);
  });
});
