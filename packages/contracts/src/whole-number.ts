/** A range of whole numbers, inclusive: its description, its check, and its reading of digits. */
export interface WholeNumber {
  /** `a whole number from 1 to 10`. */
  allowed: string;
  includes(value: unknown): boolean;
  /** The number that decimal digits stand for; null for any other text, and for numbers outside the range. */
  parse(text: string): number | null;
}

export function wholeNumber(least: number, most: number): WholeNumber {
  const includes = (value: unknown) =>
    Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
  return {
    allowed: `a whole number from ${least} to ${most}`,
    includes,
    parse: (text) => (/^\d+$/.test(text) && includes(Number(text)) ? Number(text) : null),
  };
}
