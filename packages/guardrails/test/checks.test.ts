import { describe, expect, test } from 'vitest';
import { type Check, guardrailsOf } from '../src/index.ts';

/** What one check says of an answer of this step. */
function said(
  [module, step, agent]: [number, string, string],
  check: Check,
  answer: unknown,
  input: unknown = {},
): string[] {
  const guardrails = guardrailsOf({
    version: 1,
    guardrails: [{ id: 'a', description: 'A', action: 'warn', steps: [step], check }],
  });
  const [verdict] = guardrails.of(module, step, agent)?.judge({ answer, input }) ?? [];
  return (verdict?.problems ?? []).map(({ pointer, detail }) => `${pointer} ${detail}`);
}

const verdict: [number, string, string] = [3, 'expansion_evaluation', 'ItemEvaluator'];
const choice: [number, string, string] = [1, 'criteria_evaluation', 'CriteriaEvaluator'];
const judged: [number, string, string] = [5, 'revision_evaluation', 'ImplementationEvaluator'];

describe('A check', () => {
  test('of a number holds it against its limits.', () => {
    const check = { kind: 'number', field: 'score', least: 5, most: 95 } as const;
    expect(said(verdict, check, { score: 100 })).toEqual([
      '/score is 100: it must be at least 5 and at most 95',
    ]);
    expect(said(verdict, check, { score: 95 })).toEqual([]);
  });

  test('of a text counts its words.', () => {
    const check = { kind: 'text', field: 'reasoning', least_words: 3 } as const;
    expect(said(verdict, check, { reasoning: ' ' })).toEqual(['/reasoning must not be empty or blank']);
    expect(said(verdict, check, { reasoning: 'Good enough' })).toEqual([
      '/reasoning has 2 words: it must have at least 3',
    ]);
    expect(said(verdict, check, { reasoning: 'It is dated' })).toEqual([]);
  });

  test('of a quotation looks for its words in what the agent was shown.', () => {
    const check: Extract<Check, { kind: 'quote' }> = {
      kind: 'quote',
      field: 'reasoning',
      source: ['item.item_description'],
    };
    const input = { item: { item_description: 'Rooms are booked\nby 1 May, says the caretaker’s list.' } };
    const quotes = (reasoning: string) => said(verdict, check, { reasoning }, input);

    expect(quotes("'rooms are booked by 1 May,' ties it to a day")).toEqual([]);
    expect(quotes('“The caretaker\'s list” is short; "says the caretaker\'s list" is not')).toEqual([]);
    const spoken = { item: { item_description: 'She says: “We are five people.” They help.' } };
    expect(said(verdict, check, { reasoning: '“says: ‘We are five people.’ They”' }, spoken)).toEqual([]);
    expect(quotes("It isn't dated, it's 'booked'")).toEqual([
      '/reasoning must quote a verbatim passage of item.item_description in quotation marks, of at least 3 words',
    ]);
    expect(said(verdict, { ...check, whole: true }, { reasoning: 'booked by 1 May' }, input)).toEqual([]);
    expect(said(verdict, { ...check, whole: true }, { reasoning: 'booked by June' }, input)).toEqual([
      '/reasoning must be a verbatim passage of item.item_description, of at least 3 words',
    ]);
  });

  test('of patterns names the pattern, never the text.', () => {
    const check = { kind: 'pattern', forbid: ['\\bTBD\\b'], require: ['\\d'] } as const;
    const both = { ...check, forbid: [...check.forbid], require: [...check.require] };
    expect(said(verdict, { ...both, field: 'reasoning' }, { reasoning: 'It is tbd' })).toEqual([
      '/reasoning holds what it must not hold: \\bTBD\\b',
      '/reasoning holds nothing of what it must hold: \\d',
    ]);
    expect(said(choice, both, { reason: 'Room 3', evaluations: [{ reasoning: 'TBD' }] })).toEqual([
      '/evaluations/0/reasoning holds what it must not hold: \\bTBD\\b',
    ]);
  });

  test('does not search a text for ever: one that is too long is found wanting.', () => {
    const check: Check = { kind: 'pattern', field: 'reasoning', forbid: ['TBD'] };
    expect(said(verdict, check, { reasoning: 'a'.repeat(300_000) })).toEqual([
      '/reasoning has 300000 characters: one of over 131072 is not searched',
    ]);
  });

  test('of agreement compares the judgements of the same thing.', () => {
    const check: Check = {
      kind: 'agreement',
      field: 'evaluations[].rating',
      by: 'criterion_id',
      with: { in: 'input', field: 'candidates[].rating', by: 'id' },
      most: 3,
    };
    const answer = {
      evaluations: [
        { criterion_id: 'c1', rating: 9 },
        { criterion_id: 'c2', rating: 3 },
      ],
    };
    const input = {
      candidates: [
        { id: 'c2', rating: 9 },
        { id: 'c1', rating: 7 },
      ],
    };
    expect(said(choice, check, answer, input)).toEqual([
      '/evaluations/1/rating says 3, and candidates[].rating in the input says 9: they must differ by at most 3, not 6',
    ]);
  });

  test('of agreement gives words a value, and compares the means where nothing pairs them.', () => {
    const check: Check = {
      kind: 'agreement',
      field: 'score',
      with: { in: 'answer', field: 'criteria_fulfillment[].status' },
      most: 25,
      values: { fully_met: 100, partially_met: 50, not_met: 0 },
    };
    const answer = (score: number) => ({
      score,
      criteria_fulfillment: [{ status: 'fully_met' }, { status: 'not_met' }],
    });
    expect(said(judged, check, answer(60))).toEqual([]);
    expect(said(judged, check, answer(95))).toEqual([
      '/score says 95, and criteria_fulfillment[].status in the answer says 50: they must differ by at most 25, not 45',
    ]);
  });
});
