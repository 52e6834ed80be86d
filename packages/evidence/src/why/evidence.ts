/** One link of a chain of evidence: what is so, where that is recorded, and what it follows from. */
export interface Evidence {
  /** Of this chain: what it is, and its id, as in `suggestion p1-i1-a1-s1`. */
  key: string;
  /** What is so, as a sentence. */
  says: string;
  /** The texts that show it; empty while content is off. */
  shown_by: string[];
  /** The span that recorded it; null if it is not in the trace. */
  span_id: string | null;
  /** Keys of what it follows from. */
  because: string[];
  /** What one would expect behind it and the trace does not have, as sentences. */
  not_found: string[];
}

/** An evidence without what it does not say. */
export function evidence(
  key: string,
  says: string,
  span_id: string | null,
  rest: Partial<Omit<Evidence, 'key' | 'says' | 'span_id'>> = {},
): Evidence {
  return { key, says, span_id: span_id || null, shown_by: [], because: [], not_found: [], ...rest };
}
