import type { Plan, RunReading } from '../reading/index.ts';
import { paired } from './align.ts';
import { type Stretch, wordDiff } from './word-diff.ts';

/** A text of both runs: a plan's outline, an attempt at an item, the item as it ended, what the check said. */
export interface TextChange {
  /** `p1`, `p1-i1-a0`, `p1-i1 final`, `search`, `quality`. */
  id: string;
  /** `unknown`: a trace lacks its words. */
  change: 'none' | 'words' | 'unknown' | 'only before' | 'only now';
  /** Empty where nothing changed, or one run has no such text. */
  diff: Stretch[];
}

export function textChanges(before: RunReading, now: RunReading): TextChange[] {
  return paired(textsOf(before), textsOf(now)).map(({ key, before: old, now: fresh }) => {
    if (!old || !fresh) return { id: key, change: fresh ? 'only now' : 'only before', diff: [] };
    if (old.text === null || fresh.text === null) return { id: key, change: 'unknown', diff: [] };
    if (old.text === fresh.text) return { id: key, change: 'none', diff: [] };
    return { id: key, change: 'words', diff: wordDiff(old.text, fresh.text) };
  });
}

/** Of what a run has; the text is null if its words are not in the trace. */
function textsOf({ search, plans, items, quality }: RunReading): Map<string, { text: string | null }> {
  const told: [string, string | null][] = [
    ...(search ? [['search', search.summary] as [string, string | null]] : []),
    ...plans.map((plan): [string, string | null] => [plan.id, outlineOf(plan)]),
    ...items.flatMap(({ id, texts }): [string, string | null][] => [
      ...texts.map((text): [string, string | null] => [text.id, text.text.value]),
      ...texts
        .filter(({ is_final }) => is_final)
        .map((text): [string, string | null] => [`${id} final`, text.text.value]),
    ]),
    ...(quality
      ? [['quality', joined([quality.summary, ...quality.open_issues])] as [string, string | null]]
      : []),
  ];
  return new Map(told.map(([id, text]) => [id, { text }]));
}

function outlineOf({ title, description, items }: Plan): string | null {
  if (description === null) return null;
  return joined([
    title,
    description,
    ...items.map((item) => joined([`${item.id} ${item.title}`, item.description], '\n')),
  ]);
}

function joined(parts: (string | null)[], between = '\n\n'): string | null {
  return parts.filter(Boolean).join(between) || null;
}
