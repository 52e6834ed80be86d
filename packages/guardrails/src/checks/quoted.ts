const pairs = new Map([
  ['"', '"'],
  ['“', '”'],
  ['„', '“'],
  ['«', '»'],
  ['‘', '’'],
  ["'", "'"],
]);

/** Most opening marks that are looked at, and most characters of a passage: a model chooses how many it writes. */
const most = { marks: 200, length: 2_000 };

const isLetter = (text: string | undefined) => text !== undefined && /[\p{L}\p{N}]/u.test(text);

/** What a text has in quotation marks; an apostrophe within a word is none. */
export function quotedIn(text: string): string[] {
  const passages: string[] = [];
  let marks = 0;
  for (let at = 0; at < text.length && marks < most.marks; at += 1) {
    const close = pairs.get(text[at] ?? '');
    if (close === undefined || isLetter(text[at - 1])) continue;
    marks += 1;
    const end = endOf(text, at + 1, close);
    if (end < 0) continue;
    passages.push(text.slice(at + 1, end));
    at = end;
  }
  return passages;
}

function endOf(text: string, start: number, close: string): number {
  const last = Math.min(text.length, start + most.length);
  for (let at = start; at < last; at += 1) {
    if (text[at] === close && !isLetter(text[at + 1])) return at;
  }
  return -1;
}
