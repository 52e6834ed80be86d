import { plain } from '@agento/contracts';
import type { ItemText, RunReading, Suggestion } from '../../reading/index.ts';
import { placeOf, type RunRule, textsOf } from '../rule.ts';

/** Quotation marks are what models change when they quote. */
const unquoted = (text: string) => plain(text).replace(/["'`]/g, '');

/** Whether a passage stands in a text; `…` in it may stand for what was left out. */
export function stands(passage: string, text: string): boolean {
  const parts = passage.split(/…|\.\.\.|\[…\]/).map(unquoted);
  const whole = unquoted(text);
  let from = 0;
  for (const part of parts.filter((part) => part !== '')) {
    const at = whole.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return parts.some((part) => part !== '');
}

export const feedbackIgnored: RunRule = {
  id: 'feedback.ignored',
  severity: 'warning',
  question: 'Which feedback was told to a writer who did not take it up, or whose judge says nothing of it?',
  taxonomy: 'MAST FM-2.5, ignored other agent’s input',
  find: (reading) =>
    reading.suggestions.flatMap((suggestion) => {
      const { id, told, text, judged_by } = suggestion;
      const next = textOf(reading, suggestion, 1);
      if (told === null) return [];
      const found = passedOver(suggestion, next, textOf(reading, suggestion, 0));
      if (found === null) return [];
      return {
        ...placeOf(reading, judged_by === null ? (next?.judged_by ?? told) : told),
        message: `Suggestion ${id} was told to the writer of the next attempt${found}.`,
        texts: textsOf({ suggestion: text }),
        measure: { name: 'suggestions ignored', value: 1 },
      };
    }),
};

/** How a suggestion was passed over, as the end of a sentence; null if it was not, as far as the trace says. */
function passedOver(
  { status }: Suggestion,
  next: ItemText | undefined,
  before: ItemText | undefined,
): string | null {
  if (status === 'ignored') return ', and ignored';
  if (status === null) return next?.score == null ? null : ', whose judge says nothing of it';
  const [now, was] = [wholeOf(next), wholeOf(before)];
  if (now === null || was === null || plain(now) !== plain(was)) return null;
  return `, who handed back the text as it was; it is judged ${status} nevertheless`;
}

export const feedbackUnproven: RunRule = {
  id: 'feedback.unproven',
  severity: 'error',
  question: 'Which feedback is said to be taken up, by a passage that does not stand in the text?',
  taxonomy: 'MAST FM-3.3, incorrect verification; AgentRx, invention of new information',
  find: (reading) =>
    claimsIn(reading).flatMap(({ suggestion, now }) => {
      const { id, status, evidence, judged_by, text } = suggestion;
      if (evidence !== null && stands(evidence, now.value)) return [];
      return {
        ...placeOf(reading, judged_by),
        message: `Suggestion ${id} is judged ${status}, ${
          evidence === null ? 'and no passage shows it' : `but the passage does not stand in ${now.id}`
        }.`,
        texts: textsOf({ suggestion: text, 'passage claimed': evidence, 'text judged': now.value }),
        measure: { name: 'claims without evidence', value: 1 },
      };
    }),
};

export const feedbackNotNew: RunRule = {
  id: 'feedback.not_new',
  severity: 'note',
  question: 'Which feedback is said to be taken up, by a passage that stood in the text before?',
  taxonomy: 'MAST FM-3.3, incorrect verification',
  find: (reading) =>
    claimsIn(reading).flatMap(({ suggestion, now, before }) => {
      const { id, status, evidence, judged_by, text } = suggestion;
      if (evidence === null || before === null) return [];
      if (!stands(evidence, now.value) || !stands(evidence, before)) return [];
      return {
        ...placeOf(reading, judged_by),
        message: `Suggestion ${id} is judged ${status}, but the passage stood there before it was made.`,
        texts: textsOf({ suggestion: text, 'passage claimed': evidence }),
        measure: { name: 'claims without evidence', value: 1 },
      };
    }),
};

/** The text of an item so many attempts after the one that a suggestion is about. */
const textOf = ({ items }: RunReading, { item_id, attempt }: Suggestion, after: number) =>
  items.find(({ id }) => id === item_id)?.texts.find((written) => written.attempt === attempt + after);

/** Without the whole text nothing is known of what stands in it. */
const wholeOf = (written: ItemText | undefined) =>
  written?.text.state === 'whole' ? written.text.value : null;

/** Suggestions that are said to be taken up in a text of which all is known, and the text that they are about. */
function claimsIn(reading: RunReading) {
  return reading.suggestions.flatMap((suggestion) => {
    const next = textOf(reading, suggestion, 1);
    const value = wholeOf(next);
    if (!next || value === null || !['addressed', 'partial'].includes(suggestion.status ?? '')) return [];
    return { suggestion, now: { id: next.id, value }, before: wholeOf(textOf(reading, suggestion, 0)) };
  });
}
