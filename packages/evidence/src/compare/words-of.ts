import { numbered } from '../numbered.ts';
import type { Verdict } from '../reading/index.ts';
import { duration, score, words } from '../show/labels.ts';
import type { ComparedRun, RunComparison } from './runs.ts';
import type { StepChange } from './steps.ts';

/** Whether the runs are the same, in a line. */
export function headline(comparison: RunComparison): string {
  const { is_same, is_itself, is_other_goal, steps, decisions, verdicts, texts, before, now } = comparison;
  if (is_same && is_itself) return `No difference: both are the same run (${numbered(steps.length, 'step')})`;
  if (is_same) {
    const unknown = steps.filter(({ how }) => how === 'unknown').length;
    const known = unknown > 0 ? ', as far as both traces tell' : '';
    return `The same but for ids and times${known} (${numbered(steps.length, 'step')})`;
  }
  const count = (list: { change: string }[], ...of: string[]) =>
    list.filter(({ change }) => of.includes(change)).length;
  const parts = [
    [count(decisions, 'choice', 'only before', 'only now'), 'decision'],
    [count(verdicts, 'result', 'score', 'only before', 'only now'), 'verdict'],
    [count(texts, 'words', 'only before', 'only now'), 'text'],
  ] as const;
  const other = parts.flatMap(([number, what]) => (number > 0 ? [numbered(number, what)] : []));
  const ended =
    before.outcome === now.outcome && before.score === now.score
      ? `both ${outcomeOf(now)}`
      : `${outcomeOf(before)} → ${outcomeOf(now)}`;
  const found = [
    ...(is_other_goal ? ['the goal'] : []),
    ...(other.length > 0 ? other : ['requests and answers']),
  ];
  return `Different: ${found.join(', ')}; ${ended}`;
}

export function outcomeOf({ outcome, error, score: share }: ComparedRun): string {
  return `${outcome}${error ? ` (${error})` : ''}${share === null ? '' : ` ${score(share)}`}`;
}

/** What of a replay was asked; nothing for another run. */
export function replayed({ replay }: ComparedRun, side: string): string | null {
  if (!replay) return null;
  const { given, asked } = replay;
  const shown =
    asked.length > mostNamed
      ? `${asked.slice(0, mostNamed).join(', ')} and ${asked.length - mostNamed} more`
      : asked.join(', ');
  return `${side}: ${numbered(given, 'answer')} taken from a recorded run; asked anew: ${shown || 'nothing'}`;
}

/** Most keys in a line. */
const mostNamed = 6;

export function stepCounts(steps: StepChange[]): string {
  const counts = Map.groupBy(steps, ({ how }) => how);
  return [...counts].map(([how, own]) => `${own.length} ${how}`).join(', ');
}

/** `asked otherwise (another prompt, another input)`. */
export function stepWords({ how, asked, is_answer_other }: StepChange): string {
  switch (how) {
    case 'asked otherwise': {
      const answer =
        is_answer_other === null
          ? ''
          : is_answer_other
            ? ', and answered otherwise'
            : ', and answered the same';
      return `was asked otherwise (${asked.map((what) => `another ${what}`).join(', ')})${answer}`;
    }
    case 'answered otherwise':
      return 'was asked the same, and answered otherwise';
    case 'only before':
      return 'was taken before, and not now';
    case 'only now':
      return 'was not taken before';
    default:
      return how;
  }
}

/** `fail 0.36`, `pass fully_met 1`. */
export function resultOf(verdict: Pick<Verdict, 'pass' | 'status' | 'score'> | null): string {
  if (!verdict) return 'none';
  const { pass, status, score: number } = verdict;
  return [pass === null ? '' : pass ? 'pass' : 'fail', status, number === null ? '' : score(number)]
    .filter(Boolean)
    .join(' ');
}

export function runLine({ run_id, run_attempt, run_attempts, usage, wall_ms, gaps }: ComparedRun): string {
  return words(
    run_id || 'a run without an id',
    run_attempts.length > 1
      ? `attempt ${run_attempt} of ${run_attempts.join(', ')} (--attempt)`
      : run_attempt > 1 && `attempt ${run_attempt}`,
    numbered(usage.calls, 'call'),
    duration(wall_ms),
    gaps.length > 0 && `incomplete: ${gaps.join('; ')}`,
  );
}
