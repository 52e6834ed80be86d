import {
  type Constraint,
  type ConstraintsAnswer,
  type Finding,
  holds,
  type ProducedBy,
  plain,
} from '@agento/contracts';

type Given = readonly (string | undefined)[];

/** A shorter passage occurs in any text. */
const fewest = 4;

/** Whether one of the texts contains a passage. */
function finder(given: Given): (quote: string) => boolean {
  const texts = given.map((text) => plain(text ?? ''));
  return (quote) => {
    const words = plain(quote);
    return words.length >= fewest && texts.some((whole) => holds(whole, words));
  };
}

/** Checks that every quote is in the user's words: nobody is bound by a limit that a model invented. */
export function checkQuotes({ constraints }: ConstraintsAnswer, given: Given): Finding[] {
  const stands = finder(given);
  return constraints.flatMap(({ quote, text }, index): Finding[] => {
    const found: Finding[] = [];
    if (!stands(quote)) {
      found.push({
        pointer: `/constraints/${index}/quote`,
        detail: `must be a verbatim passage of the goal or the context, at least ${fewest} characters long`,
      });
    }
    if (text.trim() === '')
      found.push({ pointer: `/constraints/${index}/text`, detail: 'must not be empty' });
    return found;
  });
}

/** The constraints with their ids, and how many are left out because their quote was not found, even after a repair. */
export function constraintsOf(
  { constraints }: ConstraintsAnswer,
  given: Given,
  produced_by: ProducedBy,
): { kept: Constraint[]; dropped: number } {
  const stands = finder(given);
  const standing = constraints.filter(({ quote, text }) => stands(quote) && text.trim() !== '');
  // A repeated limit counts once.
  const once = new Map(standing.map((entry) => [plain(entry.text), entry]));
  const kept = [...once.values()].map(({ quote, text, kind }, index) => ({
    id: `k${index + 1}`,
    text,
    kind,
    quote,
    produced_by,
  }));
  return { kept, dropped: constraints.length - standing.length };
}
