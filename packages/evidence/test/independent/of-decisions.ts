import type { RecordedSpan, Trace } from '../../src/index.ts';
import {
  candidatesOf,
  changeOutputs,
  decide,
  judge,
  judgeBy,
  type Status,
  scale,
  stepsNamed,
  verdictsOn,
  withTotal,
} from './altered.ts';
import { choosing } from './of-verdicts.ts';
import { inOne, type Variant, variantsOf } from './variant.ts';

const selections = (trace: Trace) => stepsNamed(trace, 'plan_selection');
const acceptances = (trace: Trace) => stepsNamed(trace, 'revision_implementation');
const gates = (trace: Trace) => stepsNamed(trace, 'quality_check');
const criteria = (trace: Trace) => stepsNamed(trace, 'criteria_evaluation');

const against = variantsOf('decision.against_scores', [
  [
    'the second best plan is chosen',
    true,
    inOne(selections, (span) => {
      const [, second] = candidatesOf(span).toSorted((a, b) => (b.scores.total ?? 0) - (a.scores.total ?? 0));
      const first = candidatesOf(span).find(
        ({ id }) => (span.attributes['agento.decision.chosen'] as string[])[0] === id,
      );
      if (!second || second.scores.total === first?.scores.total) return false;
      decide(span, { chosen: [second.id] });
      return;
    }),
  ],
  [
    'an attempt is kept that is worse than the original',
    true,
    inOne(acceptances, (span) => {
      const candidates = candidatesOf(span);
      const [original, attempt] = candidates;
      if (!original || !attempt) return false;
      original.scores = Object.fromEntries(Object.keys(original.scores).map((id) => [id, 1]));
      attempt.scores = Object.fromEntries(Object.keys(attempt.scores).map((id) => [id, 0.5]));
      decide(span, { candidates, chosen: [attempt.id] });
      return;
    }),
  ],
  [
    'the original is kept though an attempt is better',
    true,
    inOne(acceptances, (span) => {
      const candidates = candidatesOf(span);
      const [original, attempt] = candidates;
      if (!original || !attempt) return false;
      original.scores = Object.fromEntries(Object.keys(original.scores).map((id) => [id, 0.5]));
      attempt.scores = Object.fromEntries(Object.keys(attempt.scores).map((id) => [id, 1]));
      decide(span, { candidates, chosen: ['original'] });
      return;
    }),
  ],
  [
    'a plan is published that meets a fifth',
    true,
    inOne(gates, (span) => {
      decide(span, {
        candidates: candidatesOf(span).map((one) => ({
          ...one,
          scores: { total: one.id === 'publish' ? 0.2 : 0.8 },
        })),
        chosen: ['publish'],
      });
      return;
    }),
  ],
  [
    'the worst rated criterion is chosen over the best',
    true,
    inOne(criteria, (span) => {
      const candidates = candidatesOf(span);
      const chosen = span.attributes['agento.decision.chosen'] as string[];
      const out = candidates.find(({ id }) => !chosen.includes(id));
      const kept = candidates.find(({ id }) => chosen.includes(id));
      if (!out || !kept) return false;
      out.scores.rating = 9;
      kept.scores.rating = 2;
      decide(span, { candidates, chosen, by: 'rating' });
      return;
    }),
  ],
  [
    'a request is approved of which only harm is expected',
    true,
    inOne(
      (trace) => stepsNamed(trace, 'revision_validation'),
      (span) => {
        const candidates = candidatesOf(span);
        for (const one of candidates)
          one.scores = Object.fromEntries(Object.keys(one.scores).map((id) => [id, -1]));
        decide(span, { candidates, chosen: candidates.map(({ id }) => id) });
        return;
      },
    ),
  ],
  [
    'the first of two equals is chosen',
    false,
    inOne(selections, (span) => {
      const candidates = candidatesOf(span);
      const [one, other] = candidates;
      if (!one || !other) return false;
      const best = Object.fromEntries(Object.keys(one.scores).map((id) => [id, 0.9]));
      one.scores = { ...best };
      other.scores = { ...best };
      decide(span, { candidates, chosen: [one.id] });
      span.attributes['agento.decision.tie_break'] = 'the first of equals';
      return;
    }),
  ],
  [
    'the original is kept beside an attempt that is no better',
    false,
    inOne(acceptances, (span) => {
      const candidates = candidatesOf(span);
      for (const one of candidates)
        one.scores = Object.fromEntries(Object.keys(one.scores).map((id) => [id, 0.5]));
      decide(span, { candidates, chosen: ['original'] });
      return;
    }),
  ],
  [
    'a plan is held that meets half',
    false,
    inOne(gates, (span) => {
      decide(span, {
        candidates: candidatesOf(span).map((one) => ({ ...one, scores: { total: 0.5 } })),
        chosen: ['hold'],
      });
      return;
    }),
  ],
  [
    'a plan is held back that meets nine tenths',
    true,
    inOne(gates, (span) => {
      decide(span, {
        candidates: candidatesOf(span).map((one) => ({
          ...one,
          scores: { total: one.id === 'publish' ? 0.9 : 0.1 },
        })),
        chosen: ['hold'],
      });
      return;
    }),
  ],
  [
    'the second attempt is kept though the first is better',
    true,
    inOne(acceptances, (span) => {
      const candidates = candidatesOf(span);
      const second = candidates.find(({ id }) => id === 'attempt-2');
      if (!second) return false;
      for (const one of candidates)
        one.scores = Object.fromEntries(
          Object.keys(one.scores).map((id) => [
            id,
            one.id === 'attempt-1' ? 1 : one.id === 'attempt-2' ? 0.5 : 0,
          ]),
        );
      decide(span, { candidates, chosen: ['attempt-2'] });
      return;
    }),
  ],
  [
    'of criteria rated alike some are chosen',
    false,
    inOne(criteria, (span) => {
      const candidates = candidatesOf(span);
      for (const one of candidates) one.scores.rating = 7;
      decide(span, { candidates, by: 'rating' });
      return;
    }),
  ],
]);

const otherScores = variantsOf('decision.other_scores', [
  [
    'a plan is chosen by a score that no judge gave',
    true,
    inOne(selections, (span, trace) => {
      const candidates = candidatesOf(span);
      const chosen = span.attributes['agento.decision.chosen'] as string[];
      const one = candidates.find(({ id }) => chosen.includes(id));
      const [criterion] = Object.keys(one?.scores ?? {});
      if (!one || !criterion) return false;
      one.scores = withTotal({ ...one.scores, [criterion]: (one.scores[criterion] ?? 0) > 0.8 ? 0.6 : 1 });
      decide(span, { candidates });
      return [span.span_id, ...stepsNamed(trace, 'plan_evaluation').map(({ span_id }) => span_id)];
    }),
  ],
  [
    'a total is not the mean of its scores',
    true,
    inOne(selections, (span, trace) => {
      const candidates = candidatesOf(span);
      const chosen = span.attributes['agento.decision.chosen'] as string[];
      for (const one of candidates)
        if (chosen.includes(one.id)) one.scores.total = Number(((one.scores.total ?? 0) + 0.1).toFixed(3));
      decide(span, { candidates });
      return [span.span_id, ...stepsNamed(trace, 'plan_evaluation').map(({ span_id }) => span_id)];
    }),
  ],
  [
    'an attempt is kept by scores that its judge did not give',
    true,
    inOne(acceptances, (span, trace) => {
      const candidates = candidatesOf(span);
      const one = candidates.find(({ id }) => id === 'attempt-1');
      const item = { 'agento.item.id': span.attributes['agento.item.id'] as string, 'agento.attempt': 1 };
      const [judging] = stepsNamed(trace, 'revision_evaluation', item);
      const verdict =
        judging &&
        verdictsOn(judging).find(({ attributes }) => attributes['agento.criterion.status'] === 'fully_met');
      if (!one || !judging || !verdict) return false;
      judgeBy(judging, verdict, 'not_met');
      return [span.span_id, judging.span_id];
    }),
  ],
  [
    'criteria are chosen by ratings that were not given',
    true,
    inOne(criteria, (span) => {
      const candidates = candidatesOf(span);
      const [one] = candidates;
      if (!one) return false;
      one.scores.rating = one.scores.rating === 10 ? 1 : 10;
      decide(span, { candidates, by: 'rating' });
      return;
    }),
  ],
  [
    'the gate counts another share than its verdicts give',
    true,
    inOne(gates, (span) => {
      for (const verdict of verdictsOn(span))
        if (verdict.attributes['gen_ai.evaluation.name'] === 'plan_criterion')
          judgeBy(span, verdict, 'not_met');
        else judge(span, verdict, { score: 1, pass: true });
      for (const verdict of verdictsOn(span))
        if ('agento.constraint.status' in verdict.attributes)
          verdict.attributes['agento.constraint.status'] = 'kept';
      decide(span, {
        candidates: candidatesOf(span).map((one) => ({
          ...one,
          scores: { total: one.id === 'publish' ? 1 : 0 },
        })),
        chosen: ['publish'],
      });
      return;
    }),
  ],
  [
    'totals rounded to two places',
    false,
    inOne(selections, (span) => {
      decide(span, {
        candidates: candidatesOf(span).map((one) => ({
          ...one,
          scores: { ...one.scores, total: Math.round((one.scores.total ?? 0) * 100) / 100 },
        })),
      });
      return;
    }),
  ],
  [
    'an item was judged twice, and the later verdict counts',
    false,
    inOne(acceptances, (span, trace, pick) => {
      const item = { 'agento.item.id': span.attributes['agento.item.id'] as string };
      const earlier = pick(stepsNamed(trace, 'expansion_evaluation', item));
      const [verdict] = earlier ? verdictsOn(earlier) : [];
      if (!earlier || !verdict || stepsNamed(trace, 'revision_baseline', item).length === 0) return false;
      judge(earlier, verdict, { score: 0.33, pass: false });
      return;
    }),
  ],
  [
    'the original counts more than its judge gave it',
    true,
    inOne(acceptances, (span, trace) => {
      const candidates = candidatesOf(span);
      const original = candidates.find(({ id }) => id === 'original');
      const [baseline] = stepsNamed(trace, 'revision_baseline', {
        'agento.item.id': span.attributes['agento.item.id'] as string,
      });
      const [low] =
        Object.entries(original?.scores ?? {}).find(([id, score]) => id !== 'total' && score < 1) ?? [];
      if (!original || !baseline || low === undefined) return false;
      original.scores = withTotal({ ...original.scores, [low]: 1 });
      decide(span, { candidates });
      return [span.span_id, baseline.span_id];
    }),
  ],
]);

/** The margin as it would be, between totals that are so far apart. */
const apart = (by: number, margin?: number | null) =>
  inOne(selections, (span) => {
    const candidates = candidatesOf(span).toSorted((a, b) => (b.scores.total ?? 0) - (a.scores.total ?? 0));
    const [first, second, third] = candidates;
    if (!first || !second) return false;
    first.scores.total = 0.8;
    second.scores.total = Number((0.8 - by).toFixed(3));
    if (third) third.scores.total = 0.1;
    decide(span, { candidates, chosen: [first.id] });
    if (margin !== undefined)
      for (const [attributes, key] of [
        [span.attributes, 'agento.decision.margin'],
        [span.events.find(({ name }) => name === 'agento.decision')?.attributes ?? {}, 'margin'],
      ] as const) {
        if (margin === null) delete attributes[key];
        else attributes[key] = margin;
      }
    return;
  });

const close = variantsOf('decision.close', [
  ['a margin of 0.01', true, apart(0.01)],
  ['no margin', true, apart(0)],
  ['a margin of 0.003', true, apart(0.003)],
  ['a close choice whose margin is not recorded', true, apart(0.01, null)],
  [
    'the cut between criteria is made among equals',
    true,
    inOne(criteria, (span) => {
      const candidates = candidatesOf(span);
      const chosen = span.attributes['agento.decision.chosen'] as string[];
      if (candidates.length === chosen.length) return false;
      for (const one of candidates) one.scores.rating = 8;
      decide(span, { candidates, chosen, by: 'rating' });
      return;
    }),
  ],
  [
    'an attempt is exactly as good as the original',
    true,
    inOne(acceptances, (span) => {
      const candidates = candidatesOf(span).slice(0, 2);
      for (const one of candidates)
        one.scores = Object.fromEntries(Object.keys(one.scores).map((id) => [id, 0.5]));
      if (span.attributes['agento.decision.margin'] === 0) return false;
      decide(span, { candidates, chosen: ['original'] });
      return;
    }),
  ],
  [
    'criteria are cut off two points lower',
    false,
    inOne(criteria, (span) => {
      const candidates = candidatesOf(span);
      const chosen = span.attributes['agento.decision.chosen'] as string[];
      for (const one of candidates) one.scores.rating = chosen.includes(one.id) ? 8 : 6;
      decide(span, { candidates, chosen, by: 'rating' });
      return;
    }),
  ],
  ['a margin of 0.3', false, apart(0.3)],
  ['a margin of 0.15', false, apart(0.15)],
  ['a margin of 0.02', true, apart(0.02)],
  ['a margin of 0.024', false, apart(0.024)],
]);

const lengthOf = (trace: Trace, plan: string) => {
  const writer = stepsNamed(trace, 'plan_generation', { 'agento.plan.id': plan })[0];
  const told = writer?.events.find(({ name }) => name === 'agento.plan')?.attributes.json;
  return typeof told === 'string' ? told.length : 0;
};
const longest = (trace: Trace) =>
  ['p1', 'p2', 'p3'].toSorted((a, b) => lengthOf(trace, b) - lengthOf(trace, a))[0];

const favours = variantsOf('judge.favours', [
  ['the first plan is best in every run', true, choosing(() => 'p1')],
  ['the longest plan is best in every run', true, choosing(longest)],
  [
    'the first plan is best in nine of ten runs',
    true,
    choosing((_, index) => (index % 10 === 4 ? 'p2' : 'p1')),
  ],
  ['each plan is best in a third of runs', false, choosing((_, index) => `p${(index % 3) + 1}`)],
  [
    'the first plan is best in four of ten runs',
    false,
    choosing((_, index) => (index % 5 < 2 ? 'p1' : index % 2 ? 'p2' : 'p3')),
  ],
  [
    'the longest plan is best in eight of ten runs',
    true,
    choosing((trace, index) =>
      index % 5 === 2 ? ['p1', 'p2', 'p3'].find((id) => id !== longest(trace)) : longest(trace),
    ),
  ],
  [
    'the first plan is best in half of the runs',
    false,
    choosing((_, index) => (index % 2 === 0 ? 'p1' : index % 4 === 1 ? 'p2' : 'p3')),
  ],
]);

/** What planners say of their own plans, by the mean score it got and its place. */
const ratedBy =
  (rating: (total: number, index: number) => number): Variant['plant'] =>
  (traces) => {
    let index = 0;
    for (const trace of traces) {
      const [selection] = selections(trace);
      if (!selection) continue;
      const candidates = candidatesOf(selection);
      for (const writer of stepsNamed(trace, 'plan_generation')) {
        const plan = candidates.find(({ id }) => id === writer.attributes['agento.plan.id']);
        const value = rating(plan?.scores.total ?? 0, index);
        index += 1;
        writer.attributes['agento.plan.rating'] = value;
        for (const event of writer.events)
          if (event.name === 'agento.plan' && typeof event.attributes.json === 'string')
            event.attributes.json = event.attributes.json.replace(/"rating":\d+/, `"rating":${value}`);
        changeOutputs(writer, (outputs: object) => ({ ...outputs, rating: value }));
      }
    }
    return traces.flatMap((trace) => stepsNamed(trace, 'plan_generation')).map(({ span_id }) => span_id);
  };

const uncalibrated = variantsOf('rating.uncalibrated', [
  ['the worse the plan, the higher its rating', true, ratedBy((total) => Math.round(10 - total * 9))],
  ['every plan is rated 9', true, ratedBy(() => 9)],
  ['ratings have nothing to do with scores', true, ratedBy((_, index) => ((index * 7) % 10) + 1)],
  ['the better the plan, the higher its rating', false, ratedBy((total) => Math.round(total * 10))],
  [
    'ratings follow scores, loosely',
    false,
    ratedBy((total, index) =>
      Math.round(Math.min(10, Math.max(1, total * 14 - 2 + ((index % 3) - 1) * 0.7))),
    ),
  ],
  ['every plan is rated 8 or 9', true, ratedBy((_, index) => 8 + ((index * 7) % 10 < 3 ? 1 : 0))],
]);

/** The original and an attempt judged so by one criterion, everything else alike; what was targeted, and expected. */
function revised(
  before: Status,
  after: Status,
  about: { targeted: boolean; expected?: 'improve' | 'no_change' | 'worsen' },
): Variant['plant'] {
  return inOne(acceptances, (span, trace, pick) => {
    const item = { 'agento.item.id': span.attributes['agento.item.id'] as string };
    const [baseline] = stepsNamed(trace, 'revision_baseline', item);
    const [attempt] = stepsNamed(trace, 'revision_evaluation', { ...item, 'agento.attempt': 1 });
    const [request] = stepsNamed(trace, 'revision_generation', item);
    const [approval] = stepsNamed(trace, 'revision_validation', item);
    // Those that were revised once only, so that one attempt is the last.
    const alone = stepsNamed(trace, 'revision_evaluation', item).length === 1;
    if (!baseline || !attempt || !request || !approval || !alone) return false;
    const ids = verdictsOn(baseline).map(({ attributes }) => attributes['agento.criterion.id'] as string);
    const criterion = pick(ids);
    if (criterion === undefined) return false;
    for (const id of ids) {
      for (const [judging, status] of [
        [baseline, before],
        [attempt, after],
      ] as const) {
        const verdict = verdictsOn(judging).find(
          ({ attributes }) => attributes['agento.criterion.id'] === id,
        );
        if (!verdict) return false;
        judgeBy(judging, verdict, id === criterion ? status : 'fully_met');
      }
    }
    const told = changeOutputs(request, (outputs: { targeted_criteria: string[] }) => ({
      ...outputs,
      targeted_criteria: about.targeted ? [criterion] : ids.filter((id) => id !== criterion).slice(0, 1),
    }));
    const expected = changeOutputs(
      approval,
      (outputs: { impact_assessment: { criterion_id: string }[] }) => ({
        ...outputs,
        impact_assessment: outputs.impact_assessment.map((one) => ({
          ...one,
          impact: one.criterion_id === criterion ? (about.expected ?? 'no_change') : 'no_change',
        })),
      }),
    );
    if (!told || !expected) return false;
    const candidates = candidatesOf(span).map((one) => ({
      ...one,
      scores: withTotal(
        Object.fromEntries(
          ids.map((id) => {
            const status = one.id === 'original' ? before : after;
            return [id, id === criterion ? scale[status] : 1];
          }),
        ),
      ),
    }));
    const [original, first] = candidates;
    const keeps = (first?.scores.total ?? 0) > (original?.scores.total ?? 0);
    decide(span, { candidates, chosen: [keeps ? 'attempt-1' : 'original'] });
    const steps: RecordedSpan[] = [attempt, request, approval, span];
    const writers = stepsNamed(trace, 'revision_apply', item);
    return [...steps, ...writers].map(({ span_id }) => span_id);
  });
}

const worsened = variantsOf('revision.worsened', [
  [
    'a criterion beside the target from fully to not met',
    true,
    revised('fully_met', 'not_met', { targeted: false }),
  ],
  [
    'a criterion beside the target from fully to partially met',
    true,
    revised('fully_met', 'partially_met', { targeted: false }),
  ],
  [
    'a criterion beside the target from partially to not met',
    true,
    revised('partially_met', 'not_met', { targeted: false }),
  ],
  [
    'a criterion beside the target stays',
    false,
    revised('partially_met', 'partially_met', { targeted: false }),
  ],
  ['a criterion beside the target gets better', false, revised('not_met', 'fully_met', { targeted: false })],
  ['the target itself gets worse', false, revised('partially_met', 'not_met', { targeted: true })],
  [
    'the second attempt spoils what the first left alone',
    true,
    inOne(
      (trace) => stepsNamed(trace, 'revision_evaluation', { 'agento.attempt': 2 }),
      (second, trace) => {
        const item = { 'agento.item.id': second.attributes['agento.item.id'] as string };
        const [first] = stepsNamed(trace, 'revision_evaluation', { ...item, 'agento.attempt': 1 });
        const [request] = stepsNamed(trace, 'revision_generation', item);
        const [writer] = stepsNamed(trace, 'revision_refinement', { ...item, 'agento.attempt': 2 });
        const [verdict] = verdictsOn(second);
        const id = verdict?.attributes['agento.criterion.id'] as string;
        const before =
          first && verdictsOn(first).find(({ attributes }) => attributes['agento.criterion.id'] === id);
        if (!first || !before || !request || !writer || !verdict) return false;
        judgeBy(first, before, 'fully_met');
        judgeBy(second, verdict, 'not_met');
        changeOutputs(request, (outputs: { targeted_criteria: string[] }) => ({
          ...outputs,
          targeted_criteria: ['c9'],
        }));
        return [second.span_id, writer.span_id];
      },
    ),
  ],
]);

const mispredicted = variantsOf('impact.mispredicted', [
  [
    'expected to improve, and stays',
    true,
    revised('partially_met', 'partially_met', { targeted: true, expected: 'improve' }),
  ],
  [
    'expected to improve, and gets worse',
    true,
    revised('partially_met', 'not_met', { targeted: true, expected: 'improve' }),
  ],
  [
    'expected to stay, and gets worse',
    true,
    revised('fully_met', 'not_met', { targeted: false, expected: 'no_change' }),
  ],
  [
    'expected to get worse, and gets better',
    true,
    revised('not_met', 'fully_met', { targeted: false, expected: 'worsen' }),
  ],
  [
    'expected to improve, and does',
    false,
    revised('not_met', 'fully_met', { targeted: true, expected: 'improve' }),
  ],
  [
    'expected to get worse, and does',
    false,
    revised('fully_met', 'not_met', { targeted: false, expected: 'worsen' }),
  ],
  [
    'expected to stay, and does',
    false,
    revised('partially_met', 'partially_met', { targeted: false, expected: 'no_change' }),
  ],
  [
    'the revision was not approved',
    false,
    inOne(
      (trace) => stepsNamed(trace, 'revision_validation'),
      (span) => {
        decide(span, { chosen: [] });
        span.attributes['agento.revision.approved'] = false;
        changeOutputs(span, (outputs: { impact_assessment: object[] }) => ({
          ...outputs,
          approved: false,
          impact_assessment: outputs.impact_assessment.map((one) => ({ ...one, impact: 'improve' })),
        }));
        return;
      },
    ),
  ],
]);

export const ofDecisions: Variant[] = [
  ...against,
  ...otherScores,
  ...close,
  ...favours,
  ...uncalibrated,
  ...worsened,
  ...mispredicted,
];
