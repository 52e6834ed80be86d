/** One line of at most `most` characters, cut at a word if possible, with an ellipsis if cut. */
export function shorten(text: string, most: number): string {
  const line = text
    .slice(0, most * 4)
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  if (line.length <= most) return line;
  const characters = [...line];
  if (characters.length <= most) return line;
  const cut = characters.slice(0, most - 1).join('');
  const space = cut.lastIndexOf(' ');
  return `${(space > most / 2 ? cut.slice(0, space) : cut).replace(/[\s,;:.]+$/, '')}…`;
}

/** In quotation marks, at most `most` characters of it; inner marks become single ones. */
export function quoted(text: string, most = 400): string {
  return `“${shorten(text, most).replace(/["“]/g, '‘').replace(/”/g, '’')}”`;
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The sentences of a text, each an exact substring of it. */
export function sentences(text: string): string[] {
  return (text.match(/[^\s][^\n]*?(?:[.!?][”"’)]*(?=\s|$)|(?=\n|$))/g) ?? []).filter((entry) => entry !== '');
}

/** `a, b and c`. */
export function list(entries: readonly string[], last = 'and'): string {
  if (entries.length < 2) return entries.join('');
  return `${entries.slice(0, -1).join(', ')} ${last} ${entries.at(-1)}`;
}

/** Contains nothing like a key, an address or markup: a sentence of words, which may be repeated. */
export function isPlain(text: string): boolean {
  return !unlikeWords.test(text);
}

/** Signs of code; a long token, one that mixes letters and digits, one that changes case twice. */
const unlikeWords = /[=_{}<>\\|@`^~[\]]|:\/\/|\S{26}|(?=\S*\d)(?=\S*\p{L})\S{9}|\p{Ll}\p{Lu}\S*\p{Ll}\p{Lu}/u;
