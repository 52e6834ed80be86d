import { diffArrays } from 'diff';

/** A stretch of a text: in both, only in the older, or only in the newer. */
export interface Stretch {
  is: 'kept' | 'removed' | 'added';
  text: string;
}

/** Beyond so many changed words two texts are said to have nothing in common: finding the least change takes too long. */
const mostChanged = 2_000;
/** Characters of what is kept that are shown on either side of a change. */
const around = 60;

const words = new Intl.Segmenter('en', { granularity: 'word' });

/** What has to be done to the words of a text to get the other. */
export function wordDiff(before: string, now: string): Stretch[] {
  if (before === now) return before === '' ? [] : [{ is: 'kept', text: before }];
  const [old, fresh] = [before, now].map((text) => [...words.segment(text)].map(({ segment }) => segment));
  const found = diffArrays(old ?? [], fresh ?? [], { maxEditLength: mostChanged });
  if (!found) return stretches([{ is: 'removed', text: before }], [{ is: 'added', text: now }]);
  const parts = found.map(
    ({ added, removed, value }): Stretch => ({
      is: added ? 'added' : removed ? 'removed' : 'kept',
      text: value.join(''),
    }),
  );
  return withoutCrumbs(parts);
}

/** The changes as `git diff --word-diff` writes them, with a little of what stands around each. */
export function shownDiff(parts: Stretch[]): string {
  return parts
    .map(({ is, text }, index) => {
      if (is === 'removed') return `[-${text}-]`;
      if (is === 'added') return `{+${text}+}`;
      return shortened(text, index === 0, index === parts.length - 1);
    })
    .join('');
}

/** Spaces alone between two changes belong to them, else every word of a new sentence would be one. */
function withoutCrumbs(parts: Stretch[]): Stretch[] {
  const result: Stretch[] = [];
  let [removed, added] = ['', ''];
  const close = () => {
    if (removed !== '') result.push({ is: 'removed', text: removed });
    if (added !== '') result.push({ is: 'added', text: added });
    [removed, added] = ['', ''];
  };
  for (const [index, { is, text }] of parts.entries()) {
    const isCrumb = text.trim() === '' && removed + added !== '' && index < parts.length - 1;
    if (is === 'removed') removed += text;
    else if (is === 'added') added += text;
    else if (isCrumb && !text.includes('\n')) {
      removed += text;
      added += text;
    } else {
      close();
      result.push({ is, text });
    }
  }
  close();
  return result;
}

function stretches(...lists: Stretch[][]): Stretch[] {
  return lists.flat().filter(({ text }) => text !== '');
}

function shortened(text: string, isFirst: boolean, isLast: boolean): string {
  if (text.length <= 2 * around + 20) return text;
  const head = isFirst ? '' : text.slice(0, around).replace(/\S*$/, '');
  const tail = isLast ? '' : text.slice(-around).replace(/^\S*/, '');
  return `${head}…${tail}`;
}
