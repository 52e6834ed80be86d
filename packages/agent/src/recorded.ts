/** Most characters of a text of a model that the trace holds: more than any model writes, little to read for secrets. */
const mostRecorded = 524_288;

/** The text as the trace holds it. Half a word at the cut may be half a secret, which nobody would find. */
export function recorded(text: string): string {
  if (text.length <= mostRecorded) return text;
  const kept = text.slice(0, mostRecorded);
  const word = /[^\s"',;]{1,4096}$/.exec(kept.slice(-4_096))?.[0].length ?? 0;
  return `${kept.slice(0, kept.length - word)}…[cut]`;
}
