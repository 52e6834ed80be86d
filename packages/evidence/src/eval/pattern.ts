/** The regular expression that a text between slashes stands for; null for a plain text. Throws what is wrong with it. */
export function patternIn(text: string): RegExp | null {
  const [, source, flags = ''] = /^\/(.*)\/([a-z]*)$/s.exec(text) ?? [];
  if (source === undefined) return null;
  if (/[^imsu]/.test(flags)) throw new Error(`the flags of a pattern may be i, m, s and u, not ${flags}`);
  return new RegExp(source, flags);
}
