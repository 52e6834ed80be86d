/** Something to be read by people, in a terminal or as Markdown. Its texts may be foreign. */
export type Page = Block[];

/** A line, and what is said of it below. */
export interface Entry {
  head: string;
  body?: string | undefined;
  tone?: Tone | undefined;
}

/** Whether it is as it should be. */
export type Tone = 'good' | 'bad' | 'odd';

export type Block =
  | { is: 'title' | 'heading'; text: string }
  /** Names and values; those without a value are left out. */
  | { is: 'facts'; facts: [name: string, value: string | null | undefined][] }
  | { is: 'prose'; text: string }
  /** A text as it was written, word for word; `name` says what it is. */
  | { is: 'verbatim'; name: string; text: string }
  | { is: 'entries'; entries: Entry[] }
  /** The first row holds the columns' names; columns of numbers are aligned to the right. */
  | { is: 'table'; rows: string[][]; numbers?: number[] };

export const title = (text: string): Block => ({ is: 'title', text });
export const heading = (text: string): Block => ({ is: 'heading', text });
export const facts = (...facts: [string, string | null | undefined][]): Block => ({ is: 'facts', facts });
export const prose = (text: string): Block => ({ is: 'prose', text });
export const verbatim = (name: string, text: string): Block => ({ is: 'verbatim', name, text });

/** A heading and what stands below it; nothing where there is nothing. */
export function section(text: string, entries: Entry[]): Block[] {
  return entries.length > 0 ? [heading(text), { is: 'entries', entries }] : [];
}
