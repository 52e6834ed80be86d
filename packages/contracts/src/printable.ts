/** Controls (C0, DEL, C1), line and paragraph separators, and what turns the direction of the text around it. */
const unprintable = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;
const space = /[\t-\r\u0085\u2028\u2029]+/g;

/**
 * Text of a user, a model or a server as one line that no terminal obeys: breaks and tabs become a space, every
 * other control its escaped form, as in `\u001b[31m`.
 */
export function printable(text: string): string {
  return text
    .replace(space, ' ')
    .replace(unprintable, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
