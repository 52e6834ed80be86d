/**
 * What the offline model knows of one walk of life. Texts may hold `{n}` (a figure chosen for the goal),
 * `{subject}` and `{whole}` (what the goal is about, with and without its circumstances).
 */
export interface Domain {
  name: string;
  /** Words and phrases of a goal that speak for this domain. */
  words: readonly string[];
  /** What is known about success here. */
  known: readonly string[];
  sources: readonly { title: string; note: string }[];
  /** Said of an item by the lean and by the ambitious planner. */
  lean: readonly string[];
  bold: readonly string[];
  /** Sentences that tie an item to the goal. */
  ties: readonly string[];
  /** Said of the one item whose scope is settled early; each holds the words "cannot be reopened". */
  settled: readonly string[];
  criteria: readonly Criterion[];
  /** In the order of the work. */
  topics: readonly Topic[];
}

/**
 * A measurable criterion. `first` and `second` are clauses a text covers it by: the first alone covers it
 * in part, both together in full. A test holds every domain to that.
 */
export interface Criterion {
  text: string;
  n: readonly number[];
  why: string;
  first: string;
  second: string;
}

export interface Topic {
  title: string;
  description: string;
  /** Who answers for it, with its article. */
  owner: string;
  /** When it is done, as it follows a verb: `by the end of week 4`. */
  due: string;
  steps: readonly string[];
  measure: string;
  risk: string;
}
