/** What a pattern looks for at one place; a code is a UTF-16 code unit. */
export type Node =
  | { is: 'one'; fits(code: number): boolean }
  | { is: 'place'; at: Place }
  | { is: 'sequence'; parts: Node[] }
  | { is: 'either'; parts: Node[] }
  | { is: 'repeat'; part: Node; least: number; most: number };

/** Between two characters: the text's start or end, the border of a word, or no such border. */
export type Place = 'start' | 'end' | 'border' | 'no border';

/** A pattern that cannot be used; `message` says why. */
export class PatternError extends Error {
  override name = 'PatternError';
}

/** Most that a counted repetition may count to, and most characters and nested groups of a pattern. */
const most = { count: 100, length: 1_000, depth: 50 };

/**
 * Reads a pattern: the part of JavaScript's regular expressions that can be searched in linear time. There are
 * characters, `.`, classes (`[a-z]`, `\d \w \s` and their opposites), groups, `|`, `* + ? {2,5}`, `^ $ \b \B`.
 *
 * @throws PatternError for anything else, such as look-around or a reference back
 */
export function parsePattern(pattern: string, ignoreCase: boolean): Node {
  if (pattern.length > most.length)
    throw new PatternError(`must have at most ${most.length} characters, not ${pattern.length}`);
  let at = 0;
  let depth = 0;
  const here = () => pattern[at] ?? '';
  const fail = (what: string): never => {
    throw new PatternError(`${what} (at character ${at + 1} of ${JSON.stringify(pattern)})`);
  };
  const taken = (text: string) => {
    if (!pattern.startsWith(text, at)) return false;
    at += text.length;
    return true;
  };

  function either(): Node {
    const parts = [sequence()];
    while (taken('|')) parts.push(sequence());
    return parts.length === 1 && parts[0] ? parts[0] : { is: 'either', parts };
  }

  function sequence(): Node {
    const parts: Node[] = [];
    while (at < pattern.length && here() !== '|' && here() !== ')') parts.push(repeated(single()));
    return { is: 'sequence', parts };
  }

  function repeated(part: Node): Node {
    const range = count();
    if (range === null) return part;
    if (part.is === 'place') fail('only characters and groups can be repeated');
    if (here() === '?' || here() === '+') fail('a repetition cannot be lazy or possessive');
    if (count() !== null) fail('a repetition cannot be repeated: put it into a group');
    return { is: 'repeat', part, ...range };
  }

  function count(): { least: number; most: number } | null {
    if (taken('*')) return { least: 0, most: Number.POSITIVE_INFINITY };
    if (taken('+')) return { least: 1, most: Number.POSITIVE_INFINITY };
    if (taken('?')) return { least: 0, most: 1 };
    const [whole, first = '', comma, second = ''] =
      /^\{(\d{1,4})(,)?(\d{1,4})?\}/.exec(pattern.slice(at, at + 12)) ?? [];
    if (whole === undefined)
      return here() === '{' ? fail('{ must begin {2}, {2,} or {2,5}, or be \\{') : null;
    const least = Number(first);
    const last = comma === undefined ? least : second === '' ? Number.POSITIVE_INFINITY : Number(second);
    if (least > last) fail('the least number of repetitions is above the most');
    if (Math.max(least, Number.isFinite(last) ? last : 0) > most.count)
      fail(`a repetition can count to ${most.count} at most`);
    at += whole.length;
    return { least, most: last };
  }

  function single(): Node {
    if (taken('(')) return group();
    if (taken('[')) return { is: 'one', fits: folded(listed(), ignoreCase) };
    if (taken('.')) return { is: 'one', fits: (code) => code !== 10 };
    if (taken('^')) return { is: 'place', at: 'start' };
    if (taken('$')) return { is: 'place', at: 'end' };
    if (taken('\\b')) return { is: 'place', at: 'border' };
    if (taken('\\B')) return { is: 'place', at: 'no border' };
    if ('*+?'.includes(here())) fail(`there is nothing to repeat before ${here()}`);
    if (here() === '{') fail('there is nothing to repeat before {, write \\{ for the character');
    return { is: 'one', fits: folded(character(), ignoreCase) };
  }

  function group(): Node {
    depth += 1;
    if (depth > most.depth) fail(`groups can be nested ${most.depth} deep at most`);
    if (here() === '?' && !taken('?:')) fail('(? can only begin (?:, there is no look-around');
    const inside = either();
    if (!taken(')')) fail('a group is not closed');
    depth -= 1;
    return inside;
  }

  /** What stands for one character, outside a class or in one. */
  function character(): Fits {
    if (taken('\\')) return escaped();
    const code = pattern.charCodeAt(at);
    at += 1;
    return Object.assign((other: number) => other === code, { code });
  }

  function escaped(): Fits {
    const letter = here();
    if (letter === '') fail('a backslash ends the pattern');
    const known = classes[letter];
    if (/[A-Za-z0-9]/.test(letter) && !known && controls[letter] === undefined)
      fail(`\\${letter} is not known here: there are \\d \\w \\s \\D \\W \\S \\b \\B \\n \\r \\t`);
    at += 1;
    if (known) return known;
    const code = controls[letter] ?? letter.charCodeAt(0);
    return Object.assign((other: number) => other === code, { code });
  }

  function listed(): Fits {
    const isOpposite = taken('^');
    const members: Fits[] = [];
    while (at < pattern.length && here() !== ']') {
      const first = character();
      if (here() !== '-' || pattern[at + 1] === ']' || pattern[at + 1] === undefined) {
        members.push(first);
        continue;
      }
      at += 1;
      const last = character();
      const [from, to] = [first.code, last.code];
      if (from === undefined || to === undefined) fail('a range has a character at both ends');
      else if (from > to) fail('a range begins with the lower character');
      else members.push((code) => code >= from && code <= to);
    }
    if (!taken(']')) fail('a class is not closed');
    if (members.length === 0) fail('a class is empty');
    const holds: Fits = (code) => members.some((fits) => fits(code));
    return isOpposite ? Object.assign((code: number) => !holds(code), { opposite: holds }) : holds;
  }

  const node = either();
  if (at < pattern.length) fail('a group is closed that was not opened');
  return node;
}

interface Fits {
  (code: number): boolean;
  /** Of a single character. */
  code?: number;
  /** Of a class that excludes: what it excludes. */
  opposite?: (code: number) => boolean;
}

const isDigit = (code: number) => code >= 48 && code <= 57;
const isSpace = (code: number) => /\s/.test(String.fromCharCode(code));
export const isWord = (code: number) =>
  isDigit(code) || code === 95 || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);

const classes: Record<string, Fits> = {
  d: isDigit,
  w: isWord,
  s: isSpace,
  D: (code) => !isDigit(code),
  W: (code) => !isWord(code),
  S: (code) => !isSpace(code),
};

const controls: Record<string, number> = { n: 10, r: 13, t: 9 };

/** Whatever the case of the text's letters: an excluded letter is excluded in both. */
function folded(fits: Fits, ignoreCase: boolean): (code: number) => boolean {
  if (!ignoreCase) return fits;
  const { opposite } = fits;
  if (opposite) return (code) => !inAnyCase(opposite, code);
  return (code) => inAnyCase(fits, code);
}

function inAnyCase(fits: (code: number) => boolean, code: number): boolean {
  if (fits(code)) return true;
  const letter = String.fromCharCode(code);
  return [letter.toLowerCase(), letter.toUpperCase()].some(
    (other) => other.length === 1 && other !== letter && fits(other.charCodeAt(0)),
  );
}
