import { describe, expect, test } from 'vitest';
import {
  type Decision,
  marginOf,
  recordComparison,
  recordDecision,
  recordFeedback,
  recordGuardrail,
  recordVerdict,
  round,
  setVerdict,
  type Verdict,
} from '../src/index.ts';
import { marks, onSpan } from './in-trace.ts';

const noContent = { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'NO_CONTENT' };

const decision: Decision = {
  kind: 'plan_selection',
  candidates: [
    { id: 'p1', label: 'A "quiet" start', scores: { c1: 0.9, c2: 0.5, total: 0.7 } },
    { id: 'p2', label: 'A big one', scores: { c1: 0.4, c2: 1, total: 0.7 } },
  ],
  chosen: ['p1'],
  rejected: [{ id: 'p2', reason: 'lower lowest score' }],
  reason: 'p1 has the highest mean score',
  margin: 0,
  tieBreak: 'the highest of the lowest scores',
};

describe('A decision', () => {
  test('can be read from its event and, the same, from the attributes of its span.', async () => {
    const span = await onSpan((span) => recordDecision(span, decision));

    const fields = {
      kind: 'plan_selection',
      candidates: JSON.stringify(decision.candidates),
      chosen: ['p1'],
      rejected: JSON.stringify(decision.rejected),
      reason: 'p1 has the highest mean score',
      margin: 0,
      tie_break: 'the highest of the lowest scores',
    };
    expect(marks(span)).toEqual({
      attributes: Object.fromEntries(
        Object.entries(fields).map(([key, value]) => [`agento.decision.${key}`, value]),
      ),
      events: [{ name: 'agento.decision', attributes: fields }],
    });
  });

  test('that chose nothing has an empty list, and no margin and no tie-break where there is none.', async () => {
    const { margin: _, tieBreak: __, ...rest } = decision;

    const span = await onSpan((span) =>
      recordDecision(span, { ...rest, kind: 'revision_approval', chosen: [], rejected: [] }),
    );

    expect(span.events[0]?.attributes).toEqual({
      kind: 'revision_approval',
      candidates: JSON.stringify(decision.candidates),
      chosen: [],
      rejected: '[]',
      reason: 'p1 has the highest mean score',
    });
  });

  test('keeps ids and scores, and loses its words, with content switched off.', async () => {
    const span = await onSpan((span) => recordDecision(span, decision), noContent);

    expect(span.events[0]?.attributes).toEqual({
      kind: 'plan_selection',
      candidates: JSON.stringify(decision.candidates.map(({ id, scores }) => ({ id, scores }))),
      chosen: ['p1'],
      rejected: '[{"id":"p2"}]',
      margin: 0,
    });
  });
});

describe('The margin', () => {
  const candidates = [0.3, 0.1, 0.2].map((total, index) => ({
    id: `p${index + 1}`,
    label: '',
    scores: { total },
  }));

  test('is the lowest total chosen less the highest rejected.', () => {
    expect(marginOf(candidates, ['p1'], 'total')).toBe(0.1);
    expect(marginOf(candidates, ['p1', 'p2'], 'total')).toBe(-0.1);
  });

  test('is absent where nothing was chosen or nothing rejected.', () => {
    expect(marginOf(candidates, [], 'total')).toBeUndefined();
    expect(marginOf(candidates, ['p1', 'p2', 'p3'], 'total')).toBeUndefined();
  });

  test('has no noise of binary fractions.', () => {
    expect(round(0.1 + 0.2)).toBe(0.3);
  });
});

describe('A verdict', () => {
  const verdict: Verdict = {
    name: 'revision_criterion',
    score: 0.5,
    label: 'fail',
    explanation: 'No date is given.',
    criterionId: 'c2',
    itemId: 'p1-i1',
    status: 'partially_met',
  };
  const facts = {
    'gen_ai.evaluation.name': 'revision_criterion',
    'gen_ai.evaluation.score.value': 0.5,
    'gen_ai.evaluation.score.label': 'fail',
    'agento.criterion.id': 'c2',
    'agento.item.id': 'p1-i1',
    'agento.criterion.status': 'partially_met',
  };
  const whole = { ...facts, 'gen_ai.evaluation.explanation': 'No date is given.' };

  test('is an event by the convention, and may stand on the span as attributes too.', async () => {
    const span = await onSpan((span) => {
      recordVerdict(span, verdict);
      setVerdict(span, verdict);
    });

    expect(marks(span)).toEqual({
      attributes: whole,
      events: [{ name: 'gen_ai.evaluation.result', attributes: whole }],
    });
  });

  test('names the answer it judges on the event alone: the span has an answer of its own.', async () => {
    const judged = { ...verdict, responseId: 'chatcmpl-7' };

    const span = await onSpan((span) => {
      recordVerdict(span, judged);
      setVerdict(span, judged);
    });

    expect(marks(span)).toEqual({
      attributes: whole,
      events: [
        { name: 'gen_ai.evaluation.result', attributes: { ...whole, 'gen_ai.response.id': 'chatcmpl-7' } },
      ],
    });
  });

  test('names the plan where it judges one.', async () => {
    const span = await onSpan((span) =>
      recordVerdict(span, {
        name: 'plan_score',
        score: 1,
        label: 'pass',
        explanation: 'All of it.',
        criterionId: 'c1',
        planId: 'p3',
      }),
    );

    expect(span.events[0]?.attributes).toEqual({
      'gen_ai.evaluation.name': 'plan_score',
      'gen_ai.evaluation.score.value': 1,
      'gen_ai.evaluation.score.label': 'pass',
      'gen_ai.evaluation.explanation': 'All of it.',
      'agento.criterion.id': 'c1',
      'agento.plan.id': 'p3',
    });
  });

  test('keeps its score and loses its explanation with content switched off.', async () => {
    const span = await onSpan((span) => {
      recordVerdict(span, verdict);
      setVerdict(span, verdict);
    }, noContent);

    expect(marks(span)).toEqual({
      attributes: facts,
      events: [{ name: 'gen_ai.evaluation.result', attributes: facts }],
    });
  });
});

describe('Feedback, comparison and guardrail', () => {
  const record = (span: Parameters<typeof recordFeedback>[0]) => {
    recordFeedback(span, {
      suggestion_id: 's1',
      text: 'Name a date',
      status: 'addressed',
      evidence: 'by May',
    });
    recordComparison(span, 'Find a room.', 'Find a room by May.');
    recordGuardrail(span, 'references', ['/a: does not exist']);
  };

  test('stand on their spans with all they say.', async () => {
    expect(marks(await onSpan(record))).toEqual({
      attributes: {
        'guardrail.name': 'references',
        'guardrail.passed': false,
        'guardrail.problems': ['/a: does not exist'],
      },
      events: [
        {
          name: 'agento.feedback',
          attributes: { suggestion_id: 's1', text: 'Name a date', status: 'addressed', evidence: 'by May' },
        },
        {
          name: 'comparison',
          attributes: { original: 'Find a room.', suggested: 'Find a room by May.' },
        },
      ],
    });
  });

  test('keep ids and results with content switched off; an event left empty is not made.', async () => {
    expect(marks(await onSpan(record, noContent))).toEqual({
      attributes: { 'guardrail.name': 'references', 'guardrail.passed': false },
      events: [{ name: 'agento.feedback', attributes: { suggestion_id: 's1', status: 'addressed' } }],
    });
  });

  test('A guardrail that found nothing passed, with an empty list.', async () => {
    expect((await onSpan((span) => recordGuardrail(span, 'output_schema', []))).attributes).toEqual({
      'guardrail.name': 'output_schema',
      'guardrail.passed': true,
      'guardrail.problems': [],
    });
  });
});

test('What is missing in a decision or a verdict, or has no text, costs nothing else, and throws nothing.', async () => {
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  const span = await onSpan((span) => {
    recordDecision(span, { kind: 'pick', chosen: ['a'], reason: circular } as unknown as Decision);
    recordVerdict(span, { name: 'near', score: 1, label: 'pass' } as Verdict);
  });
  expect(span.attributes).toMatchObject({
    'agento.decision.chosen': ['a'],
    'agento.decision.candidates': '[]',
    'agento.decision.reason': expect.stringContaining('[not recorded: '),
  });
  expect(span.events.map(({ name }) => name)).toEqual(['agento.decision', 'gen_ai.evaluation.result']);
});
