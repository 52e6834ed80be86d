// Made once: each costs more than a hundred uses of it.
const numbers = new Intl.NumberFormat('en');
const moments = new Intl.DateTimeFormat([], { dateStyle: 'medium', timeStyle: 'short' });

/** A duration in milliseconds, as one says it. */
export function duration(ms: number | null): string {
  if (ms === null) return '–';
  if (ms < 1) return `${ms.toFixed(2)} ms`;
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** US dollars; null: the price of a model is not known. */
export function money(dollars: number | null): string {
  if (dollars === null) return 'unknown';
  return dollars === 0 ? '$0' : `$${dollars.toFixed(dollars < 0.01 ? 4 : 2)}`;
}

export function count(number: number): string {
  return numbers.format(number);
}

export function moment(ms: number): string {
  return ms > 0 ? moments.format(ms) : 'at an unknown time';
}

export function day(ms: number): string {
  return ms > 0 ? new Date(ms).toLocaleDateString([], { dateStyle: 'medium' }) : 'unknown';
}

/** 0 to 1 with two decimals. */
export function score(value: number | null): string {
  return value === null ? '–' : String(Math.round(value * 100) / 100);
}

/** A goal as it can be seen, and clicked. */
export function goalText(goal: string | null): string {
  if (goal === null) return '(goal not recorded)';
  return /[\p{L}\p{N}\p{P}\p{S}]/u.test(goal) ? goal : '(goal without anything to see)';
}
