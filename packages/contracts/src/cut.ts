/** As much is shown of a text that is one long word: it tells the sender which, and nobody a secret. */
const leastWord = 8;
const betweenWords = /[\s"',;]/;

/**
 * The text cut to at most that many characters and an ellipsis, where a word ends: the half of a secret that would
 * stand at the cut is found by no reader for secrets.
 */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  let end = most;
  while (end > 0 && !betweenWords.test(text.charAt(end - 1))) end -= 1;
  return `${text.slice(0, end || Math.min(leastWord, most))}…`;
}
