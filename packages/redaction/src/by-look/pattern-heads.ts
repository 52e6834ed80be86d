/**
 * The first two characters a pattern can begin with, as pairs of single-character patterns: `sk[-_]` has `s`, `k`.
 * Supports what formats.ts uses: characters, escapes, classes, groups, quantifiers, lookaround.
 */
export function headsOf(pattern: string): [first: string, second: string][] {
  return paths(atomsOf(pattern), 2) as [string, string][];
}

export interface Atom {
  /** A pattern of one character, or the alternatives of a group. */
  one: string | Atom[][];
  least: number;
  most: number;
}

const token = /\\.|\[(?:\\.|[^\]])*\]|\((?:\?(?::|<?[=!]))?|[|)]|[^\\[\]()|]/y;
const quantifier = /\?|\*|\+|\{(\d+)(,?)(\d*)\}/y;

export function atomsOf(pattern: string): Atom[] {
  let at = 0;
  const next = (form: RegExp) => {
    form.lastIndex = at;
    const match = form.exec(pattern);
    at += match?.[0].length ?? 0;
    return match;
  };
  const alternatives = (): Atom[][] => {
    const found: Atom[][] = [[]];
    for (let part = next(token)?.[0]; part !== undefined && part !== ')'; part = next(token)?.[0]) {
      if (part === '|') found.push([]);
      else {
        const one = part.startsWith('(') ? alternatives() : part;
        const [least, most] = bounds(next(quantifier));
        const isLookaround = /^\(\?<?[=!]/.test(part);
        if (!isLookaround) found.at(-1)?.push({ one, least, most });
      }
    }
    return found;
  };
  const [only = [], ...others] = alternatives();
  return others.length === 0 ? only : [{ one: [only, ...others], least: 1, most: 1 }];
}

function bounds(match: RegExpExecArray | null): [least: number, most: number] {
  if (!match) return [1, 1];
  const [sign, least, comma, most] = match;
  if (sign === '?') return [0, 1];
  if (sign === '*') return [0, Infinity];
  if (sign === '+') return [1, Infinity];
  return [Number(least), comma ? Number(most || Infinity) : Number(least)];
}

/** The possible first `length` characters, one single-character pattern each. */
function paths(atoms: Atom[], length: number): string[][] {
  const [first, ...rest] = atoms;
  if (length === 0 || first === undefined) return [[]];
  const { one, least, most } = first;
  const without = least === 0 ? paths(rest, length) : [];
  if (most === 0) return without;
  const again = [{ one, least: Math.max(least - 1, 0), most: most - 1 }, ...rest];
  const taken =
    typeof one === 'string'
      ? paths(again, length - 1).map((path) => [one, ...path])
      : one.flatMap((alternative) => paths([...alternative, ...again], length));
  return [...without, ...taken];
}
