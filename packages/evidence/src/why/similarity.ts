/** The share of words in common (Dice), 0 to 1. */
export function similarity(one: string, other: string): number {
  const [left, right] = [wordsOf(one), wordsOf(other)];
  return (2 * left.intersection(right).size) / (left.size + right.size || 1);
}

/** Words alone, in lower case. */
function wordsOf(text: string): Set<string> {
  return new Set(
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu),
  );
}
