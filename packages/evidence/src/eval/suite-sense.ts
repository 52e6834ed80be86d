import { chain } from '@agento/contracts';
import { nameOf } from './checks.ts';
import { metricOf } from './metrics.ts';
import { patternIn } from './pattern.ts';
import { type Case, type Check, checksOf, optionsOf, type Suite } from './suite.ts';

/** One thing wrong with a suite: where (RFC 6901), and in words. */
export interface Wrong {
  pointer: string;
  detail: string;
}

/**
 * What is of the right shape and makes no sense: checks and comparisons that can never fail or never hold, two that
 * are the same. It would only show after everything was paid, or never.
 */
export function wrongSense(suite: Suite): Wrong[] {
  const placed: [pointer: string, check: Check][] = [
    ...(suite.checks ?? []).map((check, index): [string, Check] => [`/checks/${index}`, check]),
    ...suite.goals.flatMap(({ checks = [] }, goal) =>
      checks.map((check, index): [string, Check] => [`/goals/${goal}/checks/${index}`, check]),
    ),
  ];
  return [
    ...placed.flatMap(([pointer, check]) =>
      problemsOf(check).map(([field, detail]) => ({ pointer: pointer + field, detail })),
    ),
    ...comparisonProblems(suite),
    ...suite.goals.flatMap((entry, goal) => goalProblems(suite, entry, `/goals/${goal}`)),
  ];
}

type Problem = [field: string, detail: string];

function problemsOf(check: Check): Problem[] {
  const { metric, must, must_not, outcome } = check;
  if (metric !== undefined) return boundProblems(metric, check);
  if (outcome?.length === 5)
    return [['/outcome', 'can never fail: it allows every end; name those that are good']];
  return [
    ...patternProblems('must', must, 'can never fail'),
    ...patternProblems('must_not', must_not, 'can never hold'),
  ];
}

function boundProblems(name: string, { at_least, at_most }: Check): Problem[] {
  const { most = Infinity, may_lack = false } = metricOf(name);
  const range = most === Infinity ? 'is never below 0' : `is from 0 to ${most}`;
  const [low, high] = [at_least ?? -Infinity, at_most ?? Infinity];
  if (low > high) return [['', 'can never hold: at_least is above at_most']];
  if (low > most || high < 0) return [['', `can never hold: ${name} ${range}`]];
  // Of a number that a run may lack, even this asks that it has it.
  return low <= 0 && high >= most && !may_lack ? [['', `can never fail: ${name} ${range}`]] : [];
}

function patternProblems(field: string, text: string | undefined, what: string): Problem[] {
  const fitsAll = text !== undefined && patternIn(text)?.test('');
  return fitsAll ? [[`/${field}`, `${what}: the pattern fits an empty text, too`]] : [];
}

function comparisonProblems({ compare = [] }: Suite): Wrong[] {
  return compare.flatMap(({ metric, least = 0 }, index) => {
    const pointer = `/compare/${index}`;
    const { most = Infinity } = metricOf(metric);
    const isTwice = compare.findIndex((other) => other.metric === metric) < index;
    return [
      ...(isTwice ? [{ pointer: `${pointer}/metric`, detail: `${metric} is compared above already` }] : []),
      ...(least >= most
        ? [{ pointer: `${pointer}/least`, detail: `can never fail: ${metric} is from 0 to ${most}` }]
        : []),
    ];
  });
}

/** What holds of no run of this goal, and checks that have one name in reports. */
function goalProblems(suite: Suite, entry: Case, pointer: string): Wrong[] {
  const checks = checksOf(suite, entry);
  const names = checks.map(nameOf);
  const twice = [...new Set(names.filter((name, index) => names.indexOf(name) < index))];
  const { stop_after = chain.length } = optionsOf(suite, entry);
  const vain = stop_after < chain.length ? checks.filter(needsAll) : [];
  return [
    ...twice.map((name) => ({ pointer, detail: `two of its checks are called ${name}` })),
    ...vain.map((check) => ({
      pointer,
      detail: `can never hold where runs stop after module ${stop_after}: ${nameOf(check)}`,
    })),
  ];
}

/** Whether a check is of the finished plan, which the last module makes. */
function needsAll({ metric, must, must_not, outcome }: Check): boolean {
  if (metric !== undefined) return ['score', 'revised', 'words'].includes(metric);
  if (outcome !== undefined) return outcome.every((end) => ['published', 'held'].includes(String(end)));
  return must !== undefined || must_not !== undefined;
}
