import type { ConstraintsAnswer } from '@agento/contracts';
import { describe, expect, test } from 'vitest';
import { checkQuotes, constraintsOf } from '../src/constraints.ts';

const goal = 'Open a bakery with at most 40,000 euros';
const context =
  'The rooms are listed.\nNothing outside may be\nchanged without a permit. "a - b" İstanbul only';
const found = (quote: string, text = 'A limit.'): ConstraintsAnswer => ({
  constraints: [{ quote, text, kind: 'money' }],
});
const check = (answer: ConstraintsAnswer) => checkQuotes(answer, [goal, context]);

describe('A constraint', () => {
  test.each([
    ['in the goal', 'at most 40,000 euros'],
    ['in the context', 'The rooms are listed.'],
    ['over a line break, written without it', 'may be changed without a permit'],
    ['with another letter case', 'the Rooms are listed'],
    ['with another letter case where that is another letter', 'istanbul only'],
    ['with another dash and other quotation marks', '“a – b”'],
  ])('rests on a passage %s.', (_where, quote) => {
    expect(check(found(quote))).toEqual([]);
  });

  test.each([
    ['is in neither', 'at most 30,000 euros'],
    ['differs by a letter', 'The rooms were listed.'],
    ['begins in the goal and ends in the context', '40,000 euros The rooms'],
    ['is blank', ' \n'],
    ['stands in any text', 'a'],
  ])('whose passage %s is refused.', (_what, quote) => {
    expect(check(found(quote))).toEqual([
      {
        pointer: '/constraints/0/quote',
        detail: 'must be a verbatim passage of the goal or the context, at least 4 characters long',
      },
    ]);
  });

  test('says something.', () => {
    expect(check(found('at most 40,000 euros', ' '))).toEqual([
      { pointer: '/constraints/0/text', detail: 'must not be empty' },
    ]);
  });

  test('of nobody is none: a goal may have no limit.', () => {
    expect(checkQuotes({ constraints: [] }, [goal, undefined])).toEqual([]);
  });

  test('gets its id in the order it was found.', () => {
    const produced_by = {
      agent_name: 'ConstraintExtractor',
      model: 'm',
      prompt_version: '1.0.0',
      prompt_sha256: 'x',
      trace_id: 't',
      span_id: 's',
    };
    const entry = { quote: 'a quote', text: 't', kind: 'law' as const };
    const other = { ...entry, text: 'u' };

    expect(constraintsOf({ constraints: [entry, other, entry] }, ['it has a quote'], produced_by)).toEqual({
      kept: [
        { id: 'k1', ...entry, produced_by },
        { id: 'k2', ...other, produced_by },
      ],
      dropped: 0,
    });
    const invented = { ...entry, quote: 'nothing' };
    expect(constraintsOf({ constraints: [invented, entry] }, ['it has a quote'], produced_by)).toEqual({
      kept: [{ id: 'k1', ...entry, produced_by }],
      dropped: 1,
    });
  });
});
