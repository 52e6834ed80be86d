/** Controls (C0, DEL, C1), line and paragraph separators, bidirectional controls, and invisible characters. */
const unprintable =
  /[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;
const space = /[\t-\r\u0085\u2028\u2029]+/g;

function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}

/**
 * Text from a user, model or server as one line without terminal controls: breaks and tabs become a space, every other
 * control its escaped form, as in `\u001b[31m`.
 */
export function printable(text: string): string {
  return text.replace(space, ' ').replace(unprintable, escaped);
}

/**
 * The same for several lines: tabs stay, and breaks become `
 * `. JSON stays the same JSON.
 */
export function printableLines(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(unprintable, (character) => (/[\n\t]/.test(character) ? character : escaped(character)));
}
