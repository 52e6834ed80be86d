/** FNV-1a, 32 bits: the rules' only source of "choice". The same texts give the same number everywhere. */
export function hash(...texts: (string | number)[]): number {
  let value = 0x811c9dc5;
  for (const text of texts.join('\u0000')) {
    value = Math.imul(value ^ (text.codePointAt(0) ?? 0), 0x01000193);
  }
  // The last bits of FNV are weak for a small modulus: mix them with the first.
  return (value ^ (value >>> 15)) >>> 0;
}

/** One of the entries, chosen by the hash of the texts; throws a RangeError for an empty list. */
export function pick<T>(entries: readonly T[], ...texts: (string | number)[]): T {
  const entry = entries[hash(...texts) % entries.length];
  if (entry === undefined) throw new RangeError('Nothing to pick from');
  return entry;
}

/** The entries in an order specific to these texts, those with the greatest weight first. */
export function rank<T>(entries: readonly T[], weight: (entry: T) => number, ...texts: string[]): T[] {
  return entries
    .map((entry, index) => ({ entry, weight: weight(entry), order: hash(...texts, index) }))
    .sort((one, other) => other.weight - one.weight || one.order - other.order)
    .map(({ entry }) => entry);
}
