import { percent } from '../percent.ts';

const z = 1.96;

/** The range of a share in which the true one lies with a confidence of 95 % (Wilson). */
export function shareRange(hits: number, count: number): { low: number; high: number } {
  if (count === 0) return { low: 0, high: 1 };
  const share = hits / count;
  const scale = 1 + z ** 2 / count;
  const middle = (share + z ** 2 / (2 * count)) / scale;
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / count + z ** 2 / (4 * count ** 2));
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

export function sureOf(hits: number, count: number): string {
  const { low, high } = shareRange(hits, count);
  return `${hits} of ${count}, with a confidence of 95 % between ${percent(low)} and ${percent(high)}`;
}

export function median(numbers: number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? 0;
}

/** Rank correlation (Spearman); null where one side is all the same. */
export function rankCorrelation(pairs: [number, number][]): number | null {
  const [one, other] = [ranks(pairs.map(([first]) => first)), ranks(pairs.map(([, second]) => second))];
  const mean = (pairs.length + 1) / 2;
  const sum = (left: number[], right: number[]) =>
    left.reduce((total, rank, index) => total + (rank - mean) * ((right[index] ?? 0) - mean), 0);
  const spread = Math.sqrt(sum(one, one) * sum(other, other));
  return spread === 0 ? null : sum(one, other) / spread;
}

function ranks(numbers: number[]): number[] {
  const sorted = numbers.toSorted((one, other) => one - other);
  return numbers.map((number) => (sorted.indexOf(number) + sorted.lastIndexOf(number)) / 2 + 1);
}
