/** What a check found in one run; `why` says it in words, whether it holds or not. */
export interface Checked {
  holds: boolean;
  why: string;
}
