import type { RecordedSpan, Trace } from '../../src/index.ts';
import {
  again,
  callOf,
  candidatesOf,
  decide,
  judge,
  judgeBy,
  type Status,
  scoreOf,
  stepsNamed,
  verdictBy,
  verdictsOn,
} from './altered.ts';
import { inAll, inOne, type Variant, variantsOf } from './variant.ts';

const expansions = (trace: Trace) => stepsNamed(trace, 'expansion_evaluation');
const attempts = (trace: Trace) => stepsNamed(trace, 'revision_evaluation');
const planScores = (trace: Trace) => stepsNamed(trace, 'plan_evaluation');

/** One verdict on one of these spans. */
function saying(
  places: (trace: Trace) => RecordedSpan[],
  said: { score: number; pass: boolean; status?: string },
): Variant['plant'] {
  return inOne(places, (span, _, pick) => {
    const verdict = pick(verdictsOn(span));
    if (!verdict) return false;
    judge(span, verdict, said);
    return;
  });
}

const againstScore = variantsOf('verdict.against_score', [
  ['an item passes with 0.2', true, saying(expansions, { score: 0.2, pass: true })],
  ['an item fails with 0.9', true, saying(expansions, { score: 0.9, pass: false })],
  ['an item passes with 0.49', true, saying(expansions, { score: 0.49, pass: true })],
  ['a plan passes a criterion with 0.1', true, saying(planScores, { score: 0.1, pass: true })],
  [
    'a partially met criterion passes',
    true,
    saying(attempts, { score: 0.5, pass: true, status: 'partially_met' }),
  ],
  [
    'a criterion is not met and scores 1',
    true,
    saying(attempts, { score: 1, pass: true, status: 'not_met' }),
  ],
  ['an item passes with 0.5', false, saying(expansions, { score: 0.5, pass: true })],
  ['a plan fails a criterion with 0.49', false, saying(planScores, { score: 0.49, pass: false })],
  [
    'a partially met criterion fails',
    false,
    saying(attempts, { score: 0.5, pass: false, status: 'partially_met' }),
  ],
  [
    'a constraint is kept, with a score of 0',
    true,
    inOne(
      (trace) => stepsNamed(trace, 'quality_check'),
      (span) => {
        const verdict = verdictsOn(span).find(({ attributes }) => 'agento.constraint.status' in attributes);
        if (!verdict) return false;
        judge(span, verdict, { score: 0, pass: true });
        verdict.attributes['agento.constraint.status'] = 'kept';
        return;
      },
    ),
  ],
  [
    'a criterion is fully met, with a score of 0.5',
    true,
    saying(attempts, { score: 0.5, pass: false, status: 'fully_met' }),
  ],
  ['a plan fails a criterion with 0', false, saying(planScores, { score: 0, pass: false })],
]);

/** A verdict of module 3 on an original that was judged again, beside what module 5 says of it. */
function beside(first: number, second: Status): Variant['plant'] {
  return inOne(
    (trace) => stepsNamed(trace, 'revision_baseline'),
    (baseline, trace, pick) => {
      const item = baseline.attributes['agento.item.id'] as string;
      const verdict = pick(verdictsOn(baseline));
      const criterion = verdict?.attributes['agento.criterion.id'] as string;
      const [earlier] = stepsNamed(trace, 'expansion_evaluation', {
        'agento.item.id': item,
        'agento.criterion.id': criterion,
      });
      const said = earlier && verdictBy(earlier, criterion);
      if (!verdict || !earlier || !said) return false;
      judge(earlier, said, { score: first, pass: first >= 0.5 });
      judgeBy(baseline, verdict, second);
      return [earlier.span_id, baseline.span_id];
    },
  );
}

/** The text of an attempt is judged twice. */
function judgedTwice(change: (status: Status) => Status): Variant['plant'] {
  return inOne(attempts, (span, trace, pick) => {
    const other = again(trace, span, 'a1b2c3d4e5f60718');
    const verdict = pick(verdictsOn(other));
    if (!verdict) return false;
    const status = verdict.attributes['agento.criterion.status'] as Status;
    judgeBy(other, verdict, change(status));
    return [span.span_id, other.span_id];
  });
}

const disagree = variantsOf('judges.disagree', [
  ['module 3 passes with 0.95 what module 5 finds not met', true, beside(0.95, 'not_met')],
  ['module 3 fails with 0.1 what module 5 finds fully met', true, beside(0.1, 'fully_met')],
  [
    'an attempt judged twice, met and not met',
    true,
    judgedTwice((status) => (status === 'fully_met' ? 'not_met' : 'fully_met')),
  ],
  ['both pass', false, beside(0.95, 'fully_met')],
  ['both fail, one by more', false, beside(0.4, 'not_met')],
  ['an attempt judged twice alike', false, judgedTwice((status) => status)],
  [
    'the attempt is judged better than the original',
    false,
    inOne(attempts, (span) => {
      for (const verdict of verdictsOn(span)) judgeBy(span, verdict, 'fully_met');
      return;
    }),
  ],
  [
    'the finished plan is judged twice, and a criterion fails once',
    true,
    inOne(
      (trace) => stepsNamed(trace, 'quality_check'),
      (span, trace, pick) => {
        const other = again(trace, span, 'a1b2c3d4e5f60719');
        const verdict = pick(
          verdictsOn(other).filter(({ attributes }) => 'agento.criterion.status' in attributes),
        );
        if (!verdict) return false;
        judgeBy(
          other,
          verdict,
          verdict.attributes['agento.criterion.status'] === 'fully_met' ? 'not_met' : 'fully_met',
        );
        return [span.span_id, other.span_id];
      },
    ),
  ],
  [
    'the plan falls short of a criterion that its outline passed',
    false,
    inOne(
      (trace) => stepsNamed(trace, 'quality_check'),
      (span) => {
        for (const verdict of verdictsOn(span))
          if ('agento.criterion.status' in verdict.attributes) judgeBy(span, verdict, 'not_met');
        return;
      },
    ),
  ],
]);

/** The same question again, maybe asked otherwise, with another answer. */
function askedAgain({
  score,
  prompt,
  model,
}: {
  score: (before: number) => number;
  prompt?: string;
  model?: string;
}) {
  return inOne(expansions, (span, trace, pick) => {
    const [said] = verdictsOn(span);
    const call = callOf(trace, span);
    if (!said || !call) return false;
    const other = again(trace, span, 'b1b2c3d4e5f60718');
    const otherCall = again(trace, call, 'b1b2c3d4e5f60719');
    otherCall.parent_span_id = other.span_id;
    const verdict = pick(verdictsOn(other));
    if (!verdict) return false;
    const now = score(scoreOf(said));
    judge(other, verdict, { score: now, pass: now >= 0.5 });
    if (prompt !== undefined) {
      const changed = (text: unknown) => String(text).replace('}', `${prompt}}`);
      for (const key of ['ai.prompt', 'ai.prompt_truncated'])
        if (key in other.attributes) other.attributes[key] = changed(other.attributes[key]);
      for (const event of other.events)
        for (const key of ['ai.prompt', 'text'])
          if (key in event.attributes && event.name !== 'full_response')
            event.attributes[key] = changed(event.attributes[key]);
      otherCall.attributes['gen_ai.input.messages'] = changed(otherCall.attributes['gen_ai.input.messages']);
    }
    if (model !== undefined)
      for (const one of [other, otherCall])
        for (const key of ['agent.model', 'gen_ai.request.model', 'gen_ai.response.model'])
          if (key in one.attributes) one.attributes[key] = model;
    return [span.span_id, other.span_id];
  });
}

const contradicts = variantsOf('judge.contradicts_itself', [
  [
    'asked the very same again, the other way round',
    true,
    askedAgain({ score: (before) => (before >= 0.5 ? 0.1 : 0.9) }),
  ],
  [
    'asked the very same again, just across the line',
    true,
    askedAgain({ score: (before) => (before >= 0.5 ? 0.45 : 0.55) }),
  ],
  [
    'asked the very same in another run, the other way round',
    true,
    (traces, pick) => {
      const trace = pick(traces);
      if (!trace) return null;
      const copy = structuredClone(trace);
      const span = pick(expansions(copy));
      const [verdict] = span ? verdictsOn(span) : [];
      if (!span || !verdict) return null;
      for (const one of copy.spans) {
        one.trace_id = one.trace_id.replace(/^..../, 'eeee');
        if ('agento.run.id' in one.attributes)
          one.attributes['agento.run.id'] = String(one.attributes['agento.run.id']).replace(/^..../, 'eeee');
      }
      copy.trace_id = copy.trace_id.replace(/^..../, 'eeee');
      const now = scoreOf(verdict) >= 0.5 ? 0.1 : 0.9;
      judge(span, verdict, { score: now, pass: now >= 0.5 });
      traces.push(copy);
      return [span.span_id];
    },
  ],
  ['asked the very same again, the same answer', false, askedAgain({ score: (before) => before })],
  [
    'asked the very same again, another score, the same verdict',
    false,
    askedAgain({ score: (before) => (before >= 0.5 ? 0.75 : 0.25) }),
  ],
  [
    'asked something else, another verdict',
    false,
    askedAgain({ score: (before) => (before >= 0.5 ? 0.1 : 0.9), prompt: ' by then' }),
  ],
  [
    'another model asked, another verdict',
    false,
    askedAgain({ score: (before) => (before >= 0.5 ? 0.1 : 0.9), model: 'another-model-2' }),
  ],
]);

/** Every item judged so; `fails` of each hundred fail. */
const passing = (fails: number) =>
  inAll(expansions, (span, index) => {
    const isFail = (index * 37) % 100 < fails;
    for (const verdict of verdictsOn(span))
      judge(span, verdict, { score: isFail ? 0.2 : 0.6 + (index % 5) / 10, pass: !isFail });
  });

const lenient = variantsOf('judge.lenient', [
  ['all items pass', true, passing(0)],
  ['97 of 100 items pass', true, passing(3)],
  [
    'all attempts and originals pass',
    true,
    inAll(
      (trace) => [...stepsNamed(trace, 'revision_baseline'), ...attempts(trace)],
      (span) => {
        for (const verdict of verdictsOn(span)) judgeBy(span, verdict, 'fully_met');
      },
    ),
  ],
  ['80 of 100 items pass', false, passing(20)],
  ['half of the items pass', false, passing(50)],
  [
    'all of 25 verdicts pass',
    false,
    (traces) => {
      const [first] = traces;
      traces.length = 0;
      if (!first) return null;
      for (const name of ['expansion_evaluation', 'revision_baseline', 'revision_evaluation'])
        for (const span of stepsNamed(first, name))
          for (const verdict of verdictsOn(span)) {
            if (name === 'expansion_evaluation') judge(span, verdict, { score: 0.8, pass: true });
          }
      first.spans = first.spans.filter(
        (span) => span.name !== 'expansion_evaluation' || expansions(first).indexOf(span) < 25,
      );
      traces.push(first);
      return [];
    },
  ],
  [
    'every finished plan meets every criterion',
    true,
    inAll(
      (trace) => stepsNamed(trace, 'quality_check'),
      (span) => {
        for (const verdict of verdictsOn(span))
          if ('agento.criterion.status' in verdict.attributes) judgeBy(span, verdict, 'fully_met');
      },
    ),
  ],
  ['90 of 100 items pass', false, passing(10)],
]);

const scored = (places: (trace: Trace) => RecordedSpan[], score: (index: number) => number) => {
  let count = 0;
  return inAll(places, (span) => {
    for (const verdict of verdictsOn(span)) {
      const value = score(count);
      judge(span, verdict, { score: value, pass: value >= 0.5 });
      count += 1;
    }
  });
};

const spread = variantsOf('judge.no_spread', [
  ['every plan scores 0.7', true, scored(planScores, () => 0.7)],
  ['every item scores 0.8', true, scored(expansions, () => 0.8)],
  [
    'every item scores 0.8 but one in 25',
    true,
    scored(expansions, (index) => (index % 25 === 0 ? 0.3 : 0.8)),
  ],
  ['every item scores between 0.78 and 0.82', true, scored(expansions, (index) => 0.78 + (index % 5) / 100)],
  ['plans score from 0.1 to 0.9', false, scored(planScores, (index) => 0.1 + (index % 9) / 10)],
  ['items score 0.2 or 0.8', false, scored(expansions, (index) => (index % 2 === 0 ? 0.2 : 0.8))],
  [
    'a judge of three words says the same of most',
    false,
    inAll(attempts, (span) => {
      for (const verdict of verdictsOn(span)) judgeBy(span, verdict, 'fully_met');
    }),
  ],
  [
    'items score 0.9 or 0.95, but one in 20',
    true,
    scored(expansions, (index) => (index % 20 === 7 ? 0.2 : index % 2 ? 0.9 : 0.95)),
  ],
  [
    'four of five items score 0.8, the others anything',
    false,
    scored(expansions, (index) => (index % 5 === 0 ? (index % 10) / 10 : 0.8)),
  ],
]);

/** `share` of all later verdicts by one chosen criterion of one run fail. */
function failing(share: number): Variant['plant'] {
  return inOne(
    (trace) => stepsNamed(trace, 'criteria_evaluation'),
    (span, trace, pick) => {
      const criterion = pick(span.attributes['agento.decision.chosen'] as string[]);
      const all = ['expansion_evaluation', 'revision_evaluation', 'quality_check', 'revision_baseline']
        .flatMap((name) => stepsNamed(trace, name))
        .flatMap((judging) => {
          const verdict = verdictBy(judging, criterion);
          return verdict ? [{ judging, verdict }] : [];
        });
      const failed = all.filter(
        ({ verdict }) => verdict.attributes['gen_ai.evaluation.score.label'] === 'fail',
      );
      if (all.length < 4 || failed.length * 2 > all.length) return false;
      all.forEach(({ judging, verdict }, index) => {
        const fails = Math.floor((index + 1) * share) > Math.floor(index * share);
        if (judging.name === 'expansion_evaluation')
          judge(judging, verdict, { score: fails ? 0.1 : 0.9, pass: !fails });
        else judgeBy(judging, verdict, fails ? 'not_met' : 'fully_met');
      });
      return;
    },
  );
}

const failedLater = variantsOf('criterion.failed_later', [
  ['all later verdicts fail it', true, failing(1)],
  ['three of four later verdicts fail it', true, failing(0.75)],
  ['six of ten later verdicts fail it', true, failing(0.6)],
  ['half of the later verdicts fail it', false, failing(0.5)],
  ['a quarter of the later verdicts fail it', false, failing(0.25)],
]);

/** A plan's scores shifted and its selection made anew, so that the wanted plan of each run has the best. */
export function choosing(wanted: (trace: Trace, index: number) => string | undefined): Variant['plant'] {
  return (traces) => {
    const steps: string[] = [];
    traces.forEach((trace, index) => {
      const [selection] = stepsNamed(trace, 'plan_selection');
      const [evaluation] = planScores(trace);
      const id = wanted(trace, index);
      if (!selection || !evaluation || id === undefined) return;
      const candidates = candidatesOf(selection);
      const best = candidates.toSorted(
        (one, other) => (other.scores.total ?? 0) - (one.scores.total ?? 0),
      )[0];
      const one = candidates.find((candidate) => candidate.id === id);
      if (!best || !one) return;
      [best.scores, one.scores] = [one.scores, best.scores];
      decide(selection, { candidates, chosen: [id] });
      selection.attributes['agento.plan.id'] = id;
      for (const verdict of verdictsOn(evaluation)) {
        const plan = candidates.find((candidate) => candidate.id === verdict.attributes['agento.plan.id']);
        const score = plan?.scores[verdict.attributes['agento.criterion.id'] as string] ?? 0;
        judge(evaluation, verdict, { score, pass: score >= 0.5 });
      }
      steps.push(selection.span_id);
    });
    return steps;
  };
}

export const ofVerdicts: Variant[] = [
  ...againstScore,
  ...disagree,
  ...contradicts,
  ...lenient,
  ...spread,
  ...failedLater,
];
