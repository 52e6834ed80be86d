import { shownNumber } from '../eval/metrics.ts';
import { usualSignificance } from '../eval/suite.ts';
import { numbered } from '../numbered.ts';
import { type Entry, facts, heading, type Page, prose, section, title, verbatim } from '../page/page.ts';
import { shortened } from '../page/wrap.ts';
import { listed } from './listed.ts';
import { rounded, spreadWords } from './measures.ts';
import type { CriterionOfSets, SetComparison, SetSide } from './sets.ts';
import { usageTable } from './tables.ts';
import { shownDiff } from './word-diff.ts';

/** What is different in a set of runs, and how sure one can be. Lists end after `most` entries. */
export function setComparisonPage(comparison: SetComparison, most: number): Page {
  const { before, now, goals, measures, tests, choices, criteria, prompts } = comparison;
  const shown = measures.filter(({ before, now }) => before !== null || now !== null);
  const other = criteria.filter((criterion) => sharesOf(criterion.before) !== sharesOf(criterion.now));
  return [
    title(headline(comparison)),
    facts(
      ['before', sideWords(before)],
      ['now', sideWords(now)],
      [
        'goals',
        goals.map(({ goal, before, now }) => `“${shortened(goal, 60)}” (${before} and ${now})`).join(', ') ||
          'none in both',
      ],
      [
        'in both',
        comparison.in_both > 0
          ? `${numbered(comparison.in_both, 'run')}: what is compared with itself says nothing`
          : null,
      ],
      ['only before', names(comparison.goals_only_before)],
      ['only now', names(comparison.goals_only_now)],
    ),
    heading('Measures: mean (least to most)'),
    {
      is: 'table',
      rows: [
        ['', 'before', 'now', 'change', 'how sure'],
        ...shown.map(({ name, before, now, change, sure }) => [
          name,
          spreadWords(before),
          spreadWords(now),
          change === null || change === 0 ? '' : `${change > 0 ? '+' : ''}${rounded(change)}`,
          sure,
        ]),
      ],
      numbers: [1, 2, 3],
    },
    prose(
      goals.length === 0
        ? 'No goal, with the same context, is in both sets: nothing is tested.'
        : `p is how likely so large a change is, up or down, if it were chance which runs are of now (permutation test within each goal). “Hardly chance” is a p of at most ${shownNumber(usualSignificance)} after Holm's correction for all measures that differ (here ${tests}).`,
    ),
    ...section('Decisions and outcomes in other shares', listed(choices.map(choiceEntry), most)),
    ...section(
      'By criterion',
      listed(
        other.map((criterion) => ({
          head: `“${shortened(criterion.text, 90)}”`,
          body: `before: ${fateOf(criterion.before)}\nnow: ${fateOf(criterion.now)}`,
        })),
        most,
      ),
    ),
    ...usageTable('Used by a run on average', { ...comparison, is_same: true }),
    ...prompts.map(({ agent, before, now, diff }) =>
      verbatim(
        `Prompt of ${agent}`,
        `${counts(before)} → ${counts(now)}${diff ? `\n${shownDiff(diff)}` : ''}`,
      ),
    ),
  ];
}

function headline({ before, now, goals, in_both, measures, choices, prompts }: SetComparison): string {
  const sizes = `${numbered(before.runs.length, 'run')} before, ${now.runs.length} now`;
  if (goals.length === 0) return `${sizes}: no goal, with the same context, is in both`;
  const found = measures.filter(({ verdict }) => verdict === 'hardly chance').map(({ name }) => name);
  if (found.length > 0)
    return `${sizes}: ${found.join(', ')} ${found.length === 1 ? 'differs' : 'differ'} by more than chance`;
  const isCompared = measures.some(({ verdict }) => verdict !== 'not compared');
  if (!isCompared) return `${sizes}: nothing can be compared`;
  // How long runs take is never twice the same.
  const moved = measures.filter(
    ({ name, verdict }) => name !== 'seconds' && verdict !== 'the same' && verdict !== 'not compared',
  );
  if (moved.length + choices.length + prompts.length === 0) {
    const isItself = in_both === before.runs.length && in_both === now.runs.length;
    return isItself
      ? `No difference: both sets are the same ${numbered(in_both, 'run')}`
      : `${sizes}: the same but for ids and times`;
  }
  if (moved.some(({ verdict }) => verdict === 'too few runs'))
    return `${sizes}: too few to tell a change from chance`;
  return `${sizes}: no measure differs by more than chance`;
}

function sideWords({ runs, incomplete, without_goal }: SetSide): string {
  return [
    numbered(runs.length, 'run'),
    incomplete > 0 && `${incomplete} with incomplete traces`,
    without_goal > 0 && `${without_goal} whose goal is not recorded, not tested`,
  ]
    .filter(Boolean)
    .join(', ');
}

function names(goals: string[]): string | null {
  return goals.map((goal) => `“${shortened(goal, 90)}”`).join(', ') || null;
}

function choiceEntry({ goal, key, before, now }: SetComparison['choices'][number]): Entry {
  return { head: `${key}: ${counts(before)} → ${counts(now)}`, body: shortened(goal, 80) };
}

function counts(values: Record<string, number>): string {
  return (
    Object.entries(values)
      .map(([value, count]) => `${value} (${count})`)
      .join(', ') || 'none'
  );
}

function sharesOf({ chosen, runs, passed, judged }: CriterionOfSets['before']): string {
  return `${chosen / runs} ${passed / judged}`;
}

function fateOf({ chosen, runs, passed, judged }: CriterionOfSets['before']): string {
  const items =
    judged > 0 ? `, ${Math.round((100 * passed) / judged)} % of ${numbered(judged, 'item')} pass` : '';
  return `chosen in ${chosen} of ${numbered(runs, 'run')}${items}`;
}
