/**
 * Whether the text contains the passage (Knuth, Morris and Pratt). A model chooses both, and `String.includes` can take
 * time proportional to the product of their lengths: four seconds for a text of 160 KB.
 */
export function holds(text: string, passage: string): boolean {
  if (passage === '') return true;
  const borders = new Int32Array(passage.length);
  /** The length of the matched part of the passage after one more character. */
  const matchedWith = (code: number, matched: number) => {
    let length = matched;
    while (length > 0 && passage.charCodeAt(length) !== code) length = borders[length - 1] as number;
    return passage.charCodeAt(length) === code ? length + 1 : length;
  };
  for (let at = 1, matched = 0; at < passage.length; at += 1) {
    matched = matchedWith(passage.charCodeAt(at), matched);
    borders[at] = matched;
  }
  for (let at = 0, matched = 0; at < text.length; at += 1) {
    matched = matchedWith(text.charCodeAt(at), matched);
    if (matched === passage.length) return true;
  }
  return false;
}

/** Normalises text for comparison: a model may break lines differently, or use another dash or quotation mark. */
export function plain(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[“”„«»]/g, '"')
    .replace(/[‘’‚‹›]/g, "'")
    .replace(/[‐-―−]/g, '-')
    .replace(/\s+/g, ' ')
    .trim();
}
