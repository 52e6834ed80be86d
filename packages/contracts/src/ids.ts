import Type from 'typebox';
import type { Finding } from './validate.ts';

/** Id of a thing in a run. Models copy ids, so they are short. */
export const Id = Type.String({ minLength: 1, maxLength: 128 });

/** Names that ids stand beside as keys of an object, or that an object cannot have as a key of its own. */
const taken = new Set(['total', 'rating', '__proto__', 'constructor', 'prototype']);

/** Things of a kind are matched by their ids: no two share one, and none has a name that means something else. */
export function checkIdsOf(pointer: string, things: readonly { id: string }[]): Finding[] {
  const before = new Set<string>();
  return things.flatMap(({ id }, index): Finding[] => {
    const at = `${pointer}/${index}/id`;
    if (taken.has(id)) return [{ pointer: at, detail: `must not be one of ${[...taken].join(', ')}` }];
    if (before.has(id)) return [{ pointer: at, detail: 'is used by one before it' }];
    before.add(id);
    return [];
  });
}
