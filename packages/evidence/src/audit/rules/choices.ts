import type { Found } from '../finding.ts';
import { overMany, placeOf } from '../rule.ts';
import { rankCorrelation, shareRange, sureOf } from '../statistics.ts';

interface Chosen {
  run_id: string;
  trace_id: string;
  span_id: string;
  isFirst: boolean;
  isLongest: boolean | null;
  candidates: number;
}

const leastChoices = 10;

export const judgeFavours = overMany<Chosen>(
  {
    id: 'judge.favours',
    severity: 'warning',
    question: 'Is the first or the longest plan chosen more often than chance explains? (from 10 choices)',
  },
  (reading, replayed) =>
    reading.decisions.flatMap(({ kind, candidates, chosen, span_id }) => {
      if (kind !== 'plan_selection' || candidates.length < 2 || chosen.length !== 1) return [];
      // Code chose by what the judge said.
      if (reading.verdicts.some((verdict) => verdict.kind === 'plan_score' && replayed.has(verdict.span_id)))
        return [];
      const sizes = candidates.map(({ id }) => {
        const plan = reading.plans.find((plan) => plan.id === id);
        const texts = plan?.items.map(({ title, description }) => `${title ?? ''}${description ?? ''}`) ?? [];
        return { id, size: texts.join('').length };
      });
      const longest = sizes.toSorted((one, other) => other.size - one.size)[0];
      return {
        ...placeOf(reading, null),
        span_id,
        isFirst: candidates[0]?.id === chosen[0],
        isLongest: longest && longest.size > 0 ? longest.id === chosen[0] : null,
        candidates: candidates.length,
      };
    }),
  (choices) => [
    ...favoured(choices, 'first', ({ isFirst }) => isFirst),
    ...favoured(
      choices.filter(({ isLongest }) => isLongest !== null),
      'longest',
      ({ isLongest }) => isLongest === true,
    ),
  ],
);

function favoured(choices: Chosen[], which: string, isSuch: (choice: Chosen) => boolean): Found[] {
  const such = choices.filter(isSuch);
  const chance = choices.reduce((sum, { candidates }) => sum + 1 / candidates, 0) / choices.length;
  const { low } = shareRange(such.length, choices.length);
  const [one] = such;
  if (!one || choices.length < leastChoices || low <= chance) return [];
  const { run_id, trace_id, span_id } = one;
  return [
    {
      ...{ run_id, trace_id, span_id },
      message: `The ${which} plan is chosen in ${such.length} of ${choices.length} runs; chance would be ${chance.toFixed(2)}.`,
      texts: [],
      measure: { name: 'share', value: such.length / choices.length },
      sure: sureOf(such.length, choices.length),
    },
  ];
}

const leastRatings = 20;

export const ratingUncalibrated = overMany<{
  run_id: string;
  trace_id: string;
  span_id: string;
  own: number;
  later: number;
}>(
  {
    id: 'rating.uncalibrated',
    severity: 'note',
    question: 'Do ratings of one’s own plan say anything of its later score? (from 20 plans)',
  },
  (reading) =>
    reading.plans.flatMap(({ own_rating, total, span_id }) =>
      own_rating === null || total === null
        ? []
        : { ...placeOf(reading, null), span_id, own: own_rating, later: total },
    ),
  (rated) => {
    if (rated.length < leastRatings) return [];
    const rank = rankCorrelation(rated.map(({ own, later }) => [own, later])) ?? 0;
    // Fisher's transformation: how high it may be in truth.
    const high = Math.tanh(Math.atanh(Math.min(rank, 0.999)) + 1.96 / Math.sqrt(rated.length - 3));
    const worst = rated.toSorted(
      (one, other) => other.own / 10 - other.later - (one.own / 10 - one.later),
    )[0];
    if (!worst || high >= 0.5) return [];
    const { run_id, trace_id, span_id } = worst;
    return [
      {
        ...{ run_id, trace_id, span_id },
        message: `Planners' ratings of their own plans and the plans' scores have a rank correlation of ${rank.toFixed(2)}.`,
        texts: [],
        measure: { name: 'rank correlation', value: rank },
        sure: `${rated.length} plans, with a confidence of 95 % below ${high.toFixed(2)}`,
      },
    ];
  },
);
