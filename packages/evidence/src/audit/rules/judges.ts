import { createHash } from 'node:crypto';
import { percent } from '../../percent.ts';
import type { RunReading } from '../../reading/index.ts';
import type { Found } from '../finding.ts';
import { overMany, placeOf, textsOf } from '../rule.ts';
import { shareRange, sureOf } from '../statistics.ts';

interface Judged {
  run_id: string;
  trace_id: string;
  span_id: string;
  judge: string;
  pass: boolean | null;
  score: number | null;
  hasWords: boolean;
  explanation: string | null;
}

function judgedIn(reading: RunReading): Judged[] {
  return reading.verdicts
    .filter(({ kind }) => kind !== 'criterion_fit')
    .map(({ kind, judge, span_id, pass, score, status, explanation }) => ({
      ...placeOf(reading, null),
      span_id,
      judge: `${judge} (${kind})`,
      pass,
      score,
      hasWords: status !== null,
      explanation,
    }));
}

/** The judgements of each judge by kind, of those that have enough of them. */
const byJudge = (judged: Judged[], least: number) =>
  [...Map.groupBy(judged, ({ judge }) => judge)].filter(([, own]) => own.length >= least);

const leastVerdicts = 30;
const lenientFrom = 0.95;

export const judgeLenient = overMany(
  {
    id: 'judge.lenient',
    severity: 'warning',
    question: 'Which judges pass nearly everything? (from 30 verdicts)',
    taxonomy: 'MAST FM-3.3, incorrect verification',
  },
  judgedIn,
  (judged) =>
    byJudge(
      judged.filter(({ pass }) => pass !== null),
      leastVerdicts,
    ).flatMap(([judge, own]): Found[] => {
      const passed = own.filter(({ pass }) => pass);
      const doubtful = passed.toSorted((one, other) => (one.score ?? 1) - (other.score ?? 1))[0];
      // Most of what is judged may really be good: only a share beyond doubt near to all is odd.
      if (!doubtful || passed.length / own.length < lenientFrom) return [];
      if (shareRange(passed.length, own.length).low < lenientFrom - 0.08) return [];
      const { run_id, trace_id, span_id } = doubtful;
      return [
        {
          ...{ run_id, trace_id, span_id },
          message: `${judge} passes ${percent(passed.length / own.length)} of what it judges.`,
          texts: textsOf({ 'the lowest it passed': doubtful.explanation }),
          measure: { name: 'share passed', value: passed.length / own.length },
          sure: sureOf(passed.length, own.length),
        },
      ];
    }),
);

const sameFrom = 0.9;
/** Scores so near to each other tell nothing apart. */
const alikeWithin = 0.05;

/** The most entries whose scores are alike, of those sorted by score. */
function mostAlike(sorted: Judged[]): Judged[] {
  let [from, best] = [0, { from: 0, to: 0 }];
  sorted.forEach(({ score }, index) => {
    while ((score ?? 0) - (sorted[from]?.score ?? 0) > alikeWithin + 1e-9) from += 1;
    if (index + 1 - from > best.to - best.from) best = { from, to: index + 1 };
  });
  return sorted.slice(best.from, best.to);
}

export const judgeNoSpread = overMany(
  {
    id: 'judge.no_spread',
    severity: 'warning',
    question:
      'Which judges that may give any score give nearly always the same, within 0.05? (from 30 scores)',
    taxonomy: 'MAST FM-3.2, no or incomplete verification',
  },
  judgedIn,
  (judged) =>
    byJudge(
      judged.filter(({ score, hasWords }) => score !== null && !hasWords),
      leastVerdicts,
    ).flatMap(([judge, own]): Found[] => {
      const most = mostAlike(own.toSorted((one, other) => (one.score ?? 0) - (other.score ?? 0)));
      const [lowest, highest] = [most[0]?.score, most.at(-1)?.score];
      if (!most[0] || most.length / own.length < sameFrom) return [];
      const { run_id, trace_id, span_id, explanation } = most[0];
      const scores = lowest === highest ? `${lowest}` : `${lowest} to ${highest}`;
      return [
        {
          ...{ run_id, trace_id, span_id },
          message: `${judge} gives ${scores} to ${percent(most.length / own.length)} of what it judges.`,
          texts: textsOf({ 'one of them': explanation }),
          measure: { name: 'share of like scores', value: most.length / own.length },
          sure: sureOf(most.length, own.length),
        },
      ];
    }),
);

interface Asked {
  run_id: string;
  trace_id: string;
  span_id: string;
  judge: string;
  /** The prompt as sent, the model and the criterion: what was asked, and who. */
  asked: string;
  pass: boolean;
  explanation: string | null;
}

export const judgeContradictsItself = overMany<Asked>(
  {
    id: 'judge.contradicts_itself',
    severity: 'warning',
    question: 'Which judges gave two verdicts when they were asked the very same twice?',
    taxonomy: 'MAST FM-3.3, incorrect verification',
  },
  (reading) => {
    const hashes = new Map<string, string>();
    for (const { span_id, prompt, model } of reading.steps) {
      if (prompt.state !== 'whole') continue;
      const asked = JSON.stringify([model, prompt.value]);
      hashes.set(span_id, createHash('sha256').update(asked).digest('base64'));
    }
    return reading.verdicts.flatMap(({ span_id, judge, pass, explanation, ...verdict }) => {
      const hash = hashes.get(span_id);
      if (hash === undefined || pass === null) return [];
      const asked = [hash, verdict.plan_id, verdict.criterion_id ?? verdict.constraint_id].join(' ');
      return { ...placeOf(reading, null), span_id, judge, asked, pass, explanation };
    });
  },
  (all) =>
    [...Map.groupBy(all, ({ asked }) => asked).values()].flatMap((own): Found[] => {
      const passed = own.filter(({ pass }) => pass);
      const failed = own.filter(({ pass }) => !pass);
      // The rarer one is the odd one; of two the later.
      const odd =
        passed.length < failed.length ? passed[0] : failed.length < passed.length ? failed[0] : own.at(-1);
      if (!odd || passed.length === 0 || failed.length === 0) return [];
      const { run_id, trace_id, span_id, judge } = odd;
      return [
        {
          ...{ run_id, trace_id, span_id },
          message: `${judge} was asked the same ${own.length} times, passed it ${passed.length} times and failed it ${failed.length} times.`,
          texts: textsOf({ passed: passed[0]?.explanation, failed: failed[0]?.explanation }),
          measure: {
            name: 'share of the rarer verdict',
            value: Math.min(passed.length, failed.length) / own.length,
          },
          sure: `${own.length} judgements of one prompt`,
        },
      ];
    }),
);
