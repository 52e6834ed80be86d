import Type from 'typebox';
import type { Finding } from './validate.ts';

/** Id of a thing in a run. Models copy ids, so they are short. */
export const Id = Type.String({ minLength: 1, maxLength: 128 });

/** Names that ids stand beside as keys of an object, or that an object cannot have as a key of its own. */
const taken = new Set(['total', 'rating', '__proto__', 'constructor', 'prototype']);

/** Most findings that are worth telling of a list: a model is shown eight. */
const mostFindings = 16;

/**
 * No key of a list is a duplicate, and each passes. At most 16 findings.
 *
 * @param pointerTo the JSON pointer to the key at an index
 * @param problem what is wrong with the key itself, in words; null where nothing is
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

/** Things of a kind are matched by their ids: no two share one, and none has a name that means something else. */
export function checkIdsOf(pointer: string, things: readonly { id: string }[]): Finding[] {
  return checkKeys(
    things.map(({ id }) => id),
    (index) => `${pointer}/${index}/id`,
    (id) => (taken.has(id) ? `must not be one of ${[...taken].join(', ')}` : null),
  );
}

/**
 * A list has exactly one entry for each of the wanted, told apart by these fields, and no other entries. At most 16
 * findings; `wanted` is read no further than to the sixteenth that is lacking.
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
