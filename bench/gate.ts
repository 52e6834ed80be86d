/**
 * How often the gate of `agento eval` fails runs that are no worse than the baseline's (it should be at most in its
 * `significance`), and how often it fails runs that are worse. The runs are drawn: of each goal a quality that differs
 * from run to run, of that quality verdicts on five items by five criteria, and of these `score` and `draft_score`; and
 * a cost and a broken constraint now and then. Each gate has a baseline of its own.
 *
 * `node bench/gate.ts [--gates 200] [--seed 7] [--goals 2] [--spread 0.08] [--baseline-times 1]`
 */
import { parseArgs } from 'node:util';
import { type RunReading, readRuns } from '@agento/evidence';
import { baselineOf, judged, readSuite, type SuiteRun, seeded } from '@agento/evidence/eval';
import { recordedTrace } from '@agento/evidence/recorded';

const { values } = parseArgs({
  options: {
    gates: { type: 'string', default: '200' },
    seed: { type: 'string', default: '7' },
    goals: { type: 'string', default: '2' },
    spread: { type: 'string', default: '0.08' },
    'baseline-times': { type: 'string', default: '1' },
  },
});
const [gates, goals, spread, times] = [
  Number(values.gates),
  Number(values.goals),
  Number(values.spread),
  Number(values['baseline-times']),
];
const [recorded] = readRuns(recordedTrace());
const verdict = recorded?.verdicts.find(({ kind }) => kind === 'item_criterion');
if (!recorded || !verdict) throw new Error('the recorded run has no verdict on an item');

const random = seeded(Number(values.seed));
/** Quality of the prompt that the baseline is made with, and by how much that of now is lower. */
const quality = 0.75;
const drops = [0, 0.05, 0.1, 0.15, 0.2, 0.3];

console.log(`${gates} gates each; ${goals} goals; quality ${quality}, from run to run ± ${spread}`);
console.log(['repeats', ...drops.map((drop) => (drop === 0 ? 'as good' : `-${drop}`))].join('\t'));
for (const repeats of [3, 5, 10, 20]) {
  const suite = suiteOf(repeats);
  const failing = drops.map((drop) => {
    let failed = 0;
    for (let gate = 0; gate < gates; gate += 1) {
      const baseline = baselineOf(suite, runsWith(quality, repeats * times));
      const report = judged(suite, runsWith(quality - drop, repeats), { baseline, seconds: 1 });
      if (report.comparisons.some(({ passed }) => !passed)) failed += 1;
    }
    return `${((100 * failed) / gates).toFixed(1)} %`;
  });
  console.log([repeats, ...failing].join('\t'));
}

/** What evals/town.yaml compares. */
function suiteOf(repeats: number) {
  const { suite, findings } = readSuite(`
suite: town
repeats: ${repeats}
checks:
  - { metric: constraints_broken, at_most: 0, noisy: true }
compare:
  - metric: score
  - metric: draft_score
  - { metric: cost_usd, least: 0.1 }
goals:
${Array.from({ length: goals }, (_, place) => `  - { id: g${place}, goal: Goal ${place} }`).join('\n')}
`);
  if (suite === null) throw new Error(JSON.stringify(findings));
  return suite;
}

function runsWith(own: number, repeats: number): SuiteRun[] {
  return Array.from({ length: goals }, (_, place) =>
    Array.from({ length: repeats }, (_, repeat) => ({
      goal: `g${place}`,
      repeat: repeat + 1,
      run_id: null,
      // Some goals are harder than others.
      reading: readingOf(own - 0.1 * (place / Math.max(1, goals - 1))),
      problem: null,
    })),
  ).flat();
}

function readingOf(mean: number): RunReading {
  const own = Math.min(0.98, Math.max(0.02, mean + spread * normal()));
  const scores = Array.from({ length: 25 }, () => (random() < own ? 1 : random() < 0.5 ? 0.5 : 0));
  const met = Array.from({ length: 5 }, () => random() < own).filter(Boolean).length;
  const isBroken = random() < (1 - own) / 3;
  const all = { ...(recorded as RunReading).usage.all, cost_usd: 0.4 * Math.exp(0.15 * normal()) };
  return {
    ...(recorded as RunReading),
    score: met / 5,
    verdicts: [
      ...scores.map((score) => ({ ...(verdict as NonNullable<typeof verdict>), score })),
      ...(isBroken
        ? [
            {
              ...(verdict as NonNullable<typeof verdict>),
              kind: 'constraint',
              constraint_id: 'k1',
              status: 'broken',
            } as never,
          ]
        : []),
    ],
    usage: { ...(recorded as RunReading).usage, all },
  };
}

/** A normal deviate (Box and Muller). */
function normal(): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
