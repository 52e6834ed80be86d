import { plain } from '@agento/contracts';
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
  question: 'Which feedback was told to a writer who did not take it up?',
  taxonomy: 'MAST FM-2.5, ignored other agent’s input',
  find: (reading) =>
    reading.suggestions
      .filter(({ status, told }) => status === 'ignored' && told !== null)
      .map(({ id, told, text }) => ({
        ...placeOf(reading, told),
        message: `Suggestion ${id} was told to the writer of the next attempt, and ignored.`,
        texts: textsOf({ suggestion: text }),
        measure: { name: 'suggestions ignored', value: 1 },
      })),
};

export const feedbackUnproven: RunRule = {
  id: 'feedback.unproven',
  severity: 'error',
  question: 'Which feedback is said to be taken up, by a passage that does not stand in the text?',
  taxonomy: 'MAST FM-3.3, incorrect verification',
  find: (reading) =>
    reading.suggestions.flatMap(({ id, item_id, attempt, status, evidence, judged_by, text }) => {
      if (status !== 'addressed' && status !== 'partial') return [];
      const next = reading.items
        .find((item) => item.id === item_id)
        ?.texts.find((written) => written.attempt === attempt + 1);
      // Without the whole text nothing is known of what stands in it.
      if (next?.text.state !== 'whole' || next.text.value === null) return [];
      if (evidence !== null && stands(evidence, next.text.value)) return [];
      return {
        ...placeOf(reading, judged_by),
        message: `Suggestion ${id} is judged ${status}, ${
          evidence === null ? 'and no passage shows it' : `but the passage does not stand in ${next.id}`
        }.`,
        texts: textsOf({ suggestion: text, 'passage claimed': evidence, 'text judged': next.text.value }),
        measure: { name: 'claims without evidence', value: 1 },
      };
    }),
};
