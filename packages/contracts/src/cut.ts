/** How much is shown of a single long word: enough for the sender to recognise it, too little to reveal a secret. */
const leastWord = 8;
const betweenWords = /[\s"',;]/;

/**
 * The text cut at the end of a word to at most that many characters, plus an ellipsis. A cut within a word could leave
 * half a secret, which no redactor would recognise.
 */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  let end = most;
  while (end > 0 && !betweenWords.test(text.charAt(end - 1))) end -= 1;
  return `${text.slice(0, end || Math.min(leastWord, most))}…`;
}
