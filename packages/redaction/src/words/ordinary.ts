/**
 * Whether a value consists of words alone, so that ordinary text may contain it by chance: `required`, `correct-horse`,
 * `state-of-the-art`. Letters only, in fewer than four words, or fewer than twenty characters in total; capitals within
 * a word (`hGtRpLq`) rule it out.
 */
export function isOrdinary(value: string): boolean {
  if (value.length >= 64 || /[^\p{L}\s'’_.,;:/-]/u.test(value)) return false;
  const words = value.match(/\p{Lu}?\p{Ll}+|\p{Lu}+|\p{Lo}+/gu) ?? [];
  const letters = words.reduce((sum, word) => sum + word.length, 0);
  return letters >= 3 * words.length && (words.length < 4 || value.length < 20);
}
