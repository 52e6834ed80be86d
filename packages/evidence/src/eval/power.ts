import { meanOf, type Stratum } from './significance.ts';

/** How often a change of that size is to be found: 8 times in 10. */
const found = 0.8416;

/**
 * The change of the mean over the goals that runs as many and as noisy as these show in 8 of 10 evals, at this
 * significance; Infinity where runs are too few to say how noisy they are. An estimate, by Student's distribution: of
 * five runs or fewer a goal it is found somewhat less often.
 */
export function smallestSeen(strata: Stratum[], significance: number): number {
  const judged = strata.filter(({ before, now }) => before.length > 0 && now.length > 0);
  const variance = judged.reduce((sum, { before, now }) => {
    const free = before.length + now.length - 2;
    const spread = free > 0 ? (squaresOf(before) + squaresOf(now)) / free : Infinity;
    return sum + spread * (1 / before.length + 1 / now.length);
  }, 0);
  const free = judged.reduce((sum, { before, now }) => sum + before.length + now.length - 2, 0);
  const deviations = studentsAt(significance, free) + found;
  return (deviations * Math.sqrt(variance)) / Math.max(1, judged.length);
}

function squaresOf(numbers: number[]): number {
  const mean = meanOf(numbers);
  return numbers.reduce((sum, number) => sum + (number - mean) ** 2, 0);
}

/** The same of Student's t with so many degrees of freedom (Abramowitz and Stegun, 26.7.5). */
function studentsAt(chance: number, free: number): number {
  const z = deviationsAt(chance);
  return z + (z ** 3 + z) / (4 * free) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * free ** 2);
}

/** How many standard deviations above its mean a normal variable is with this chance (Abramowitz and Stegun, 26.2.23). */
function deviationsAt(chance: number): number {
  const t = Math.sqrt(-2 * Math.log(chance));
  return (
    t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)))
  );
}
