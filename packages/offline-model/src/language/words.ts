/** Words unrelated to a text's subject: grammar, quantities and times, found in every criterion. */
const stopWords = new Set(
  `a about above across after again against all almost along already also although always am among an and another any
  anyone anything are around as at away be became because been before began being below between both but by can cannot
  come could did do does doing done down during each either else enough even ever every everyone everything few first
  for from further get give given go goes had has have having he her here him his how however i if in into is it its
  itself just keep kept last least less let like made make many may me might month months more most much must my near
  need needs neither never new next no nor not nothing now of off often on once one only or other others our ours out
  over own per percent put quite rather same say says second see seen several shall she should since so some someone
  something still such take taken than that the their them then there these they thing things third this those though
  three through thus to together too toward towards two under until up upon us use used using very via want wants was
  way we week weeks well went were what when where whether which while who whole whom whose why will with within
  without would year years yet you your day days hour hours minute minutes today four five six seven eight nine ten`.split(
    /\s+/,
  ),
);

const remembered = new Map<string, ReadonlyMap<string, string>>();
let rememberedCharacters = 0;
const mostCharacters = 4_000_000;

/** Lower case, no accents: `Cafés` → `cafes`. */
export function plain(text: string): string {
  const apart = text.normalize('NFKD');
  return (/\p{M}/u.test(apart) ? apart.replace(/(\p{Script=Latin})\p{M}+/gu, '$1') : apart).toLowerCase();
}

/** The words of a text as written, plain: letters and digits of any script. */
export function tokens(text: string): string[] {
  return plain(text).match(/[\p{L}\p{N}][\p{L}\p{M}\p{N}]*/gu) ?? [];
}

export function isStopWord(word: string): boolean {
  return stopWords.has(word);
}

const stems = new Map<string, string>();
/** Cached as copies: a short slice would keep its whole text in memory. */
const shortWord = 13;

/** A light stem, good enough to match `counted` with `counts`. */
export function stem(word: string): string {
  if (word.length < 4) return word;
  if (word.length >= shortWord) return stemOf(word);
  let known = stems.get(word);
  if (known === undefined) {
    if (stems.size >= 20_000) stems.clear();
    known = stemOf(word);
    stems.set(word, known);
  }
  return known;
}

function stemOf(word: string): string {
  const singular = word.endsWith('ies') ? `${word.slice(0, -3)}y` : word.replace(/(?<!s)s$/, '');
  const cut = singular.replace(/(?:ing|ed|er|ly)$/, '');
  return (cut.length >= 3 ? cut : singular).replace(/e$/, '');
}

/** The content words of a text: stem → first form found. Cached, since each text is read often. */
export function contentWords(text: string): ReadonlyMap<string, string> {
  const known = remembered.get(text);
  if (known) return known;
  const found = new Map<string, string>();
  for (const word of tokens(text)) {
    if (stopWords.has(word) || (word.length < 2 && !/\p{N}/u.test(word))) continue;
    const key = stem(word);
    if (!found.has(key)) found.set(key, word);
  }
  rememberedCharacters += text.length;
  if (rememberedCharacters > mostCharacters) {
    remembered.clear();
    rememberedCharacters = text.length;
  }
  remembered.set(text, found);
  return found;
}

/** How many content words of the first text occur in the second. */
export function overlap(text: string, other: string): number {
  const words = contentWords(other);
  let shared = 0;
  for (const key of contentWords(text).keys()) if (words.has(key)) shared++;
  return shared;
}
