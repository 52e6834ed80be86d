import { numbered } from '../numbered.ts';
import type { Entry } from '../page/page.ts';
import type { Decision } from '../reading/index.ts';
import { named, score } from '../show/labels.ts';
import type { CriterionChange } from './criteria.ts';
import type { DecisionChange, Followed } from './decisions.ts';
import type { RunComparison } from './runs.ts';
import { outcomeOf, resultOf } from './words-of.ts';

/** Most changes of one kind that are named as what followed. */
const mostNamed = 8;

export function decisionEntry(
  { key, before, now, change }: DecisionChange,
  { criteria }: RunComparison,
): Entry {
  const margins = [before, now].map((decision) => score(decision?.margin ?? null));
  if (change === 'grounds') {
    const scores =
      margins[0] === margins[1] ? 'for other reasons or scores' : `margin ${margins.join(' → ')}`;
    return { head: `${key}: ${chosenIn(now)} as before, ${scores}` };
  }
  return {
    head: `${key}: ${chosenIn(before)} → ${chosenIn(now)}`,
    body: [
      ...(now?.kind === 'criteria_selection' ? exchanged(criteria) : []),
      ...(before?.reason ? [`before: ${before.reason}`] : []),
      ...(now?.reason ? [`now: ${now.reason}`] : []),
      `margin ${margins.join(' → ')}; span ${before?.span_id ?? 'none'} → ${now?.span_id ?? 'none'}`,
    ].join('\n'),
    tone: 'odd',
  };
}

/** The same criterion may have another number in another run. */
function exchanged(criteria: CriterionChange[]): string[] {
  return criteria
    .filter(({ is_constraint }) => !is_constraint)
    .flatMap(({ match, before, now, text_before, text_now }) => {
      if (match === 'only before') return [`no longer: ${named(before ?? '', text_before)}`];
      return match === 'only now' ? [`new: ${named(now ?? '', text_now)}`] : [];
    });
}

/** What came of a decision: steps, later decisions and verdicts that depend on it and are others. */
export function followedEntry(
  { only_before, only_now, both, decisions, verdicts }: Followed,
  comparison: RunComparison,
): Entry {
  const first = (lines: string[]) =>
    lines.length > mostNamed ? [...lines.slice(0, mostNamed), `and ${lines.length - mostNamed} more`] : lines;
  return {
    head: `What depends on it: ${numbered(both.length, 'step')} in both, ${only_before.length} only before, ${only_now.length} only now`,
    body: [
      ...first(
        comparison.decisions
          .filter(({ key }) => decisions.includes(key))
          .map(({ key, before, now }) => `decision ${key}: ${chosenIn(before)} → ${chosenIn(now)}`),
      ),
      ...first(
        comparison.verdicts
          .filter(({ id }) => verdicts.includes(id))
          .map(({ id, before, now }) => `verdict ${id}: ${resultOf(before)} → ${resultOf(now)}`),
      ),
      `outcome: ${outcomeOf(comparison.before)} → ${outcomeOf(comparison.now)}`,
    ].join('\n'),
  };
}

function chosenIn(decision: Decision | null): string {
  return decision ? decision.chosen.join(', ') || 'none' : 'not decided';
}
