import type { Finding } from '@agento/contracts';

/** What a check looks at. */
export interface Answered {
  /** What the model filled in; it matches its step's schema. */
  answer: unknown;
  /** What it was shown. */
  input: unknown;
}

/** What is wrong with an answer, without its texts: it may be told where content is off. */
export type Test = (answered: Answered) => Finding[];
