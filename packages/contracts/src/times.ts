/** How often each text occurs among these; counted once, however often that is asked. */
export function timesOf(texts: Iterable<string>): (text: string) => number {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return (text) => counts.get(text) ?? 0;
}
