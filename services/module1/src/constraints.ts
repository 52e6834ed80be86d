import {
  type Constraint,
  type ConstraintsAnswer,
  type Finding,
  holds,
  type ProducedBy,
} from '@agento/contracts';

/** Text as it is compared: a model may break a line where the user did not, or the other way round. */
const plain = (text: string) => text.replace(/\s+/g, ' ').trim();

/** Every quote stands in what the user wrote: nobody is bound by a limit that a model invented. */
export function checkQuotes({ constraints }: ConstraintsAnswer, given: (string | undefined)[]): Finding[] {
  const texts = given.map((text) => plain(text ?? ''));
  return constraints.flatMap(({ quote, text }, index): Finding[] => {
    const words = plain(quote);
    const found: Finding[] = [];
    if (words === '' || !texts.some((whole) => holds(whole, words))) {
      found.push({
        pointer: `/constraints/${index}/quote`,
        detail: 'must be a passage of the goal or the context, copied character for character',
      });
    }
    if (text.trim() === '')
      found.push({ pointer: `/constraints/${index}/text`, detail: 'must not be empty' });
    return found;
  });
}

/** Gives each its id. */
export function constraintsOf({ constraints }: ConstraintsAnswer, produced_by: ProducedBy): Constraint[] {
  return constraints.map(({ quote, text, kind }, index) => ({
    id: `k${index + 1}`,
    text,
    kind,
    quote,
    produced_by,
  }));
}
