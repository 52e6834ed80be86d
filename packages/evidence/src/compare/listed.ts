import type { Entry } from '../page/page.ts';

/** The first entries, and how many more there are. */
export function listed(entries: Entry[], most: number): Entry[] {
  if (entries.length <= most) return entries;
  return [...entries.slice(0, most), { head: `and ${entries.length - most} more (--md, --json)` }];
}
