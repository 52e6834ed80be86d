export const picked = ['c1', 'c2', 'c3'];
export const items = ['p1-i1', 'p1-i2', 'p1-i3', 'p1-i4'];
/** Item 1 passes; 2 is revised in two attempts; 3's revision is rejected; 4's attempt is no better. */
export const failing: Record<string, string[]> = { 'p1-i2': ['c1', 'c2'], 'p1-i3': ['c2'], 'p1-i4': ['c3'] };

/** An item's scores with this much on each criterion it fails, and their mean. */
export function fulfilled(item: string, score: number): Record<string, number> {
  const scores = picked.map((id) => [id, failing[item]?.includes(id) ? score : 1] as const);
  const total = scores.reduce((sum, [, one]) => sum + one, 0) / scores.length;
  return { ...Object.fromEntries(scores), total };
}
