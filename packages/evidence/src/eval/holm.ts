/**
 * Which of several tests found something: Holm's way, by which the chance that any does so for nothing stays below the
 * same limit.
 */
export function holm<T extends { p: number }>(tests: T[], significance: number): Set<T> {
  const inOrder = [...tests].sort((one, other) => one.p - other.p);
  const stop = inOrder.findIndex(({ p }, index) => p > significance / (inOrder.length - index));
  return new Set(inOrder.slice(0, stop < 0 ? inOrder.length : stop));
}

export function shownP(p: number): string {
  return p < 0.0001 ? p.toExponential(0) : String(Number(p.toPrecision(2)));
}
