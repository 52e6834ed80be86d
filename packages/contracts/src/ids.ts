import Type from 'typebox';
import type { Finding } from './validate.ts';

/** Id of a criterion, plan, item, … in a run. Short, because models copy ids. */
export const Id = Type.String({ minLength: 1, maxLength: 128 });

/** Names that share an object with ids as keys, or that cannot safely be keys of an object. */
const taken = new Set(['total', 'rating', '__proto__', 'constructor', 'prototype']);

/** Most findings reported for one list: a model is shown eight. */
const mostFindings = 16;

/**
 * Checks that no key of a list is a duplicate and that each is valid. At most 16 findings.
 *
 * @param pointerTo the JSON pointer to the key at an index
 * @param problem what is wrong with the key itself, in words; null if nothing is
 */
export function checkKeys(
  keys: readonly string[],
  pointerTo: (index: number) => string,
  problem: (key: string) => string | null,
): Finding[] {
  const before = new Set<string>();
  const found: Finding[] = [];
  for (const [index, key] of keys.entries()) {
    const detail = problem(key) ?? (before.has(key) ? 'is a duplicate' : null);
    before.add(key);
    if (detail !== null) found.push({ pointer: pointerTo(index), detail });
    if (found.length === mostFindings) break;
  }
  return found;
}

/** Checks ids, by which entries are matched: none is a duplicate or a reserved name. */
export function checkIdsOf(pointer: string, things: readonly { id: string }[]): Finding[] {
  return checkKeys(
    things.map(({ id }) => id),
    (index) => `${pointer}/${index}/id`,
    (id) => (taken.has(id) ? `must not be one of ${[...taken].join(', ')}` : null),
  );
}

/**
 * Checks that a list has exactly one entry for each wanted one, identified by these fields, and no others. At most 16
 * findings; `wanted` is read only up to the sixteenth missing entry.
 */
export function checkEntries(
  pointer: string,
  entries: readonly Record<string, unknown>[],
  fields: readonly string[],
  wanted: Iterable<Record<string, string>>,
): Finding[] {
  const keyOf = (entry: Record<string, unknown>) => JSON.stringify(fields.map((field) => entry[field]));
  const keys = entries.map(keyOf);
  const given = new Set(keys);
  const known = new Set<string>();
  const lacking: Finding[] = [];
  for (const one of wanted) {
    known.add(keyOf(one));
    if (given.has(keyOf(one))) continue;
    const what = fields.map((field) => `${field} ${one[field]}`).join(', ');
    lacking.push({ pointer, detail: `must have an entry for ${what}` });
    if (lacking.length === mostFindings) return lacking;
  }
  const others = checkKeys(
    keys,
    (index) => `${pointer}/${index}`,
    (key) => (known.has(key) ? null : 'is for something that does not exist'),
  );
  return [...lacking, ...others].slice(0, mostFindings);
}
