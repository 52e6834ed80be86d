import { type Entry, facts, type Page, prose, section, title } from '../page/page.ts';
import { shortened } from '../page/wrap.ts';
import type { Verdict } from '../reading/index.ts';
import { decisionEntry, followedEntry } from './decision-entries.ts';
import { listed } from './listed.ts';
import { type ComparedRun, isOther, type RunComparison } from './runs.ts';
import { criterionEntries, promptBlocks, textBlocks, usageTable } from './tables.ts';
import type { VerdictChange } from './verdicts.ts';
import { shownDiff, wordDiff } from './word-diff.ts';
import { headline, outcomeOf, replayed, resultOf, runLine, stepCounts, stepWords } from './words-of.ts';

/**
 * What is different in a run, the earliest first. Lists end after `most` entries, and say how many more there are.
 */
export function runComparisonPage(comparison: RunComparison, most: number): Page {
  const { before, now, is_same, steps, decisions, verdicts, things, first_step, first_decision } = comparison;
  const judged = verdicts.filter(({ change }) => change === 'result' || change === 'score');
  const changed = decisions.filter(({ key, change }) => change !== 'none' && key !== first_decision?.key);
  return [
    title(headline(comparison)),
    facts(
      ['goal', otherText(before.goal, now.goal)],
      ['before', runLine(before)],
      ['now', runLine(now)],
      ['context', otherText(before.context, now.context)],
      ['outcome', outcomeOf(before) === outcomeOf(now) ? null : `${outcomeOf(before)} → ${outcomeOf(now)}`],
      ['replay', [replayed(before, 'before'), replayed(now, 'now')].filter(Boolean).join('; ')],
      ['steps', is_same ? null : stepCounts(steps)],
      ['only before', things.only_before.join(', ')],
      ['only now', things.only_now.join(', ')],
    ),
    ...missing(before, 'before'),
    ...missing(now, 'now'),
    ...section(
      'The first difference',
      first_step ? [{ head: `${first_step.key} ${stepWords(first_step)}`, body: spansOf(first_step) }] : [],
    ),
    ...section(
      'The first decision that went another way',
      first_decision
        ? [decisionEntry(first_decision, comparison), followedEntry(first_decision.followed, comparison)]
        : [],
    ),
    ...section(
      first_decision ? 'Other decisions' : 'Decisions',
      listed(
        changed.map((change) => decisionEntry(change, comparison)),
        most,
      ),
    ),
    ...criterionEntries(comparison),
    ...section(
      'Verdicts with another result',
      listed(
        judged.map(({ id, before: old, now: fresh }) => ({
          head: `${id}${otherCriterion(old, fresh)}: ${resultOf(old)} → ${resultOf(fresh)}`,
          body: fresh?.explanation ?? undefined,
          tone: toneOf(old?.score, fresh?.score),
        })),
        most,
      ),
    ),
    ...lonelyVerdicts('Verdicts only before', verdicts, 'before', most),
    ...lonelyVerdicts('Verdicts only now', verdicts, 'now', most),
    ...textBlocks(comparison, most),
    ...promptBlocks(comparison),
    ...usageTable('Used', comparison),
  ];
}

function lonelyVerdicts(
  heading: string,
  verdicts: VerdictChange[],
  side: 'before' | 'now',
  most: number,
): Page {
  const lonely = verdicts.filter(({ change }) => change === `only ${side}`);
  return section(
    heading,
    listed(
      lonely.map(({ id, ...sides }) => ({ head: `${id}: ${resultOf(sides[side])}` })),
      most,
    ),
  );
}

/** Characters of a change in goal or context that are shown: a context may be replaced by a whole file. */
const mostOfChange = 300;

function otherText(before: string | null, now: string | null): string | null {
  if (!isOther(before, now)) return null;
  const parts = wordDiff(before || '(none)', now || '(none)').map((part) =>
    part.is === 'kept' || part.text.length <= mostOfChange
      ? part
      : { ...part, text: shortened(part.text, mostOfChange) },
  );
  return shownDiff(parts).trim();
}

function missing({ has_content }: ComparedRun, side: string): Page {
  if (has_content) return [];
  return [
    prose(
      `Content was switched off for ${side}: prompts, answers, reasons and texts are not compared, only calls, decisions, verdicts and figures.`,
    ),
  ];
}

/** The same criterion may have another number in another run. */
function otherCriterion(before: Verdict | null, now: Verdict | null): string {
  const [old, fresh] = [before, now].map((verdict) => verdict?.criterion_id ?? verdict?.constraint_id);
  return old && fresh && old !== fresh ? ` (before ${old})` : '';
}

function spansOf({ before, now }: { before: string | null; now: string | null }): string {
  return `span ${before ?? 'none'} → ${now ?? 'none'}`;
}

function toneOf(before: number | null | undefined, now: number | null | undefined): Entry['tone'] {
  const change = (now ?? 0) - (before ?? 0);
  return change > 0 ? 'good' : change < 0 ? 'bad' : 'odd';
}
