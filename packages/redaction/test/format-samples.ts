import fc from 'fast-check';
import type { Format } from '../src/by-look/formats.ts';
import { type Atom, atomsOf } from '../src/by-look/pattern-heads.ts';

/** Letters and digits where there are any: punctuation throughout is no credential's. */
function charactersOf(one: string): string[] {
  const pattern = new RegExp(`^${one}$`);
  const all = Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index)).filter((character) =>
    pattern.test(character),
  );
  const alphanumeric = all.filter((character) => /[A-Za-z0-9]/.test(character));
  return alphanumeric.length > 0 ? alphanumeric : all;
}

function textOf(atoms: Atom[]): fc.Arbitrary<string> {
  const parts = atoms.map(({ one, least, most }) => {
    const part =
      typeof one === 'string' ? fc.constantFrom(...charactersOf(one)) : fc.oneof(...one.map(textOf));
    // What may go on for ever is as long as credentials are.
    const usual = typeof one === 'string' ? Math.max(least, 20) : least + 1;
    const length =
      most === Infinity ? { minLength: usual, maxLength: usual } : { minLength: least, maxLength: most };
    return fc.array(part, { ...length, size: 'max' }).map((some) => some.join(''));
  });
  return fc.tuple(...parts).map((some) => some.join(''));
}

/** Eight credentials as the format describes them, the same in every run. */
export function samplesOf({ pattern }: Format): string[] {
  return fc.sample(textOf(atomsOf(pattern)), { seed: 42, numRuns: 8 });
}
