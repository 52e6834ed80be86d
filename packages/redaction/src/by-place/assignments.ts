import { between } from '../escapes.ts';
import { marker, type Passage } from '../passages.ts';
import { isCode, isPlaceholder, looksRandom } from '../words/placeholders.ts';
import { isPlainWord, isSecretKey, keyWords } from '../words/secret-keys.ts';
import { listedScheme, scheme } from './authorization.ts';
import { blockAt, columnOf, lineEndFrom, slashesBefore, trimmedEnd } from './lines.ts';
import { type Ahead, lookAhead } from './look-ahead.ts';
import { besideElement, besideName, besideNext, elementAt, isSaidOf, type Named } from './pairs.ts';
import { type Quoted, quoteAt, readQuoted } from './quoted.ts';
import { afterBlanks, beforeBlanks, matchAt } from './scan.ts';

const rule = 'secret-key';
const keyCharacter = new Uint8Array(65_536);
for (let code = 0; code < 128; code++) if (/[\w.-]/.test(String.fromCharCode(code))) keyCharacter[code] = 1;
const longestKey = 128;
/** What may come between a key and its value. */
const mayAssign = new Uint8Array(65_536);
for (const char of '=:\t"\'`\\>') mayAssign[char.charCodeAt(0)] = 1;
/** What a quote may begin with. */
const mayQuote = new Uint8Array(65_536);
for (const char of '"\'`\\') mayQuote[char.charCodeAt(0)] = 1;

/** `=`, `:`, `=>` or `:=` with surrounding blanks, or the equivalent in XML, SQL and on a command line. */
const separator = /[ \t]*(?:=>|:=|==?|:)[ \t]*/y;
const closing = /\\*["'`]\]?/y;
const word = String.raw`(?:[^\s"'\`<>\\,;&|(){}[\]]|\\(?![nrtbfuvx"'\`\\/])|\\\\(?![nrtbfuvx"'\`\\/]))+`;
/** What programs print before a string or a map: `b'…'`, `Map(1) {…}`, `[Object: null prototype] {…}`, `string(9) "…"`. */
const prefix =
  /[bBrRuUfF]{1,2}(?=["'])|string\(\d{1,9}\) (?=\\*")|(?:[A-Z]\w*(?:\(\d+\))?|\[Object: null prototype\]) (?=\{)/y;
const plainValue = new RegExp(word, 'y');
/**
 * An environment file's value extends to the next blank, unless another pair of a query or connection string follows.
 */
const lineValue =
  /(?:[^\s"'`\\&;]|&(?![\w.%-]+=)|;(?!\s*\w[\w ]*=|\s+=)|\\(?![nrtbfuvx"'`\\/])|\\\\(?![nrtbfuvx"'`\\/]))+/y;
const lineEnd = /[ \t]*(?:$|[\r\n"'`,}\]]|\\+[nr"']|#)/y;
const restOfLine = /[^"'`\\\r\n]+/y;
const pairOrLineEnd = /[="'`\\\r\n]/g;
const cookiePairs = /[\w!#$%&*+.^|~-]+=[^\s"'`\\]+[^"'`\\\r\n]*/y;
const ownValue = /[ \t]+/y;
const number = /^-?\d+(?:\.\d+)?$/;

/**
 * Creates a reader of one text, to be called with ascending positions: it reads the key around the word at `[start,
 * end)` and, if something is assigned to it, the value. Returns where to continue.
 */
export function createAssignmentReader(text: string) {
  const nextPair = lookAhead(text, pairOrLineEnd);
  return (start: number, end: number, passages: Passage[]) =>
    readAssignment(text, start, end, passages, nextPair);
}

function readAssignment(
  text: string,
  start: number,
  end: number,
  passages: Passage[],
  nextPair: (from: number) => Ahead,
): number {
  let from = start;
  while (from > 0 && start - from < longestKey && keyCharacter[text.charCodeAt(from - 1)] === 1) from--;
  let to = end;
  while (to < text.length && to - end < longestKey && keyCharacter[text.charCodeAt(to)] === 1) to++;
  let after = to;
  while (text[after] === ' ') after++;
  if (mayAssign[text.charCodeAt(after)] !== 1 && (after === to || text[from] !== '-'))
    return readUnassigned(text, from, to, after, passages);
  if (text[from - 1] === '\\') from += /^u[0-9a-fA-F]{4}/.test(text.slice(from, from + 5)) ? 5 : 1;
  if (from > start) from = start;
  const key = text.slice(from, to);

  const keyQuote = matchAt(closing, text, to);
  const afterKey = to + (keyQuote?.length ?? 0);
  // In JSON a quoted key, its colon and its value may stand on lines of their own.
  const signAt = keyQuote ? afterBlanks(text, afterKey) : afterKey;
  const sign = matchAt(separator, text, signAt);
  if (sign === undefined) {
    const mayBeNamed = keyQuote !== undefined || text[to] === '\\';
    const named = mayBeNamed ? besideName(text, from, to, (keyQuote ?? '').replace(']', '')) : undefined;
    if (named) return Math.max(to, readAllNamed(text, named, passages) ?? to);
    return keyQuote ? to : readUnsigned(text, from, to, key, passages);
  }
  if (!isSecretKey(key)) return to;
  const afterSign = signAt + sign.length;
  const valueAt = keyQuote ? afterBlanks(text, afterSign) : afterSign;
  const at = valueAt + (matchAt(prefix, text, valueAt)?.length ?? 0);
  if (text[at] === '{' || text[at] === '[') return readNested(text, at, key, keyQuote, passages);
  const quote = quoteAt(text, at);
  if (quote !== undefined) {
    const lines = quotedLines(text, at, quote);
    if (lines && keyQuote === undefined && isPlain(key, text.slice(lines.start, lines.end))) return lines.end;
    if (lines) return take(passages, lines, text);
    return readQuotedValue(text, at, key, keyQuote, passages) ?? to;
  }
  if ((text[at] === '|' || text[at] === '>') && sign.includes(':')) {
    const column = columnOf(text, from - (keyQuote?.length ?? 0));
    const block = column === undefined ? undefined : blockAt(text, at, column);
    if (block) return take(passages, block, text);
  }
  if (keyQuote !== undefined) return to;
  return readPlainValue(text, { from, key, sign, at: valueAt }, passages, nextPair);
}

/** Notes a stretch of the text as a secret, unless it only marks the place of one; returns where it ends. */
function take(passages: Passage[], { start, end }: { start: number; end: number }, text: string): number {
  if (end > start && !isPlaceholder(text.slice(start, end))) passages.push({ start, end, rule });
  return end;
}

/** The text between three quotes and three, as in TOML and Python, on any number of lines. */
function quotedLines(text: string, at: number, quote: string): { start: number; end: number } | undefined {
  const three = quote.repeat(3);
  // Three of another kind begin a block of code in Markdown.
  if (quote.endsWith('`') || !text.startsWith(three, at)) return undefined;
  const start = afterBlanks(text, at + three.length);
  const end = beforeBlanks(text, text.indexOf(three, start));
  return end > start ? { start, end } : undefined;
}

/** A word with no sign behind it: it may be a name whose value stands elsewhere, or a field of a form. */
function readUnassigned(text: string, from: number, to: number, after: number, passages: Passage[]): number {
  let named = besideRest(text, from, to);
  if (named) return Math.max(to, readAllNamed(text, named, passages) ?? to);
  switch (text[after]) {
    case '[':
    case ']':
      return after === to ? readField(text, from, to, passages) : to;
    case '<':
      named = besideElement(text, from, to);
      break;
    case ',':
    case '#':
    case '\r':
    case '\n':
      named = besideName(text, from, to, '');
      break;
  }
  if (named) return Math.max(to, readNamed(text, named, passages) ?? to);
  return readElement(text, from, to, passages) ?? to;
}

const restOfName = /[\][*)?! ]{1,8}(?=\\*["'`])/y;

/** A name in quotes whose last word ends before it does: of a form's field (`user[password]`), of a label (`Password *`). */
function besideRest(text: string, from: number, to: number): Named | undefined {
  const end = to + (matchAt(restOfName, text, to)?.length ?? 0);
  const quote = end > to ? quoteAt(text, end) : undefined;
  return quote === undefined ? undefined : besideName(text, from, end, quote);
}

/** What stands beside the name of a secret, in one member or several. Returns where the first ends. */
function readAllNamed(text: string, named: Named, passages: Passage[]): number | undefined {
  const end = readNamed(text, named, passages);
  let next = besideNext(text, named);
  for (let count = 0; next && count < mostValues; count++) {
    readNamed(text, next, passages);
    next = besideNext(text, next);
  }
  return end;
}

/** What stands beside the name of a secret. */
function readNamed(text: string, named: Named, passages: Passage[]): number | undefined {
  const { name, quote, isData, column, slashes = 0, end } = named;
  if (end !== undefined) return takeBeside(passages, name, { start: named.at, end }, text);
  const at = named.at + (matchAt(prefix, text, named.at)?.length ?? 0);
  const nameQuote = isData ? quote : undefined;
  if (text[at] === '{' || text[at] === '[') return readNested(text, at, name, nameQuote, passages);
  if (quoteAt(text, at) !== undefined) {
    const quoted = readQuoted(text, at);
    if (quoted && isSaidOf(name, text.slice(quoted.start, quoted.end))) return quoted.next;
    return readQuotedValue(text, at, name, nameQuote, passages);
  }
  if (column === undefined && quote !== '') return undefined;
  const block = column === undefined ? undefined : blockAt(text, at, column);
  if (block) return takeBeside(passages, name, block, text);
  const valueEnd =
    column === undefined
      ? at + (matchAt(plainValue, text, at)?.length ?? 0)
      : trimmedEnd(text, at, lineEndFrom(text, at, slashes));
  const value = text.slice(at, valueEnd);
  if (value === '' || number.test(value) || isPlain(name, value)) return undefined;
  return takeBeside(passages, name, { start: at, end: valueEnd }, text);
}

function takeBeside(
  passages: Passage[],
  name: string,
  at: { start: number; end: number },
  text: string,
): number {
  return isSaidOf(name, text.slice(at.start, at.end)) ? at.end : take(passages, at, text);
}

const mostValues = 8;
const element = /<(?:[\w-]{1,32}:)?$/;
const restOfTag = /(?:\s|\\+[nrt])[^<>]{0,256}(?<!\/)>/y;

/** `<password>…</password>`, with a prefix, attributes and blanks or without: a value known by the tags around it. */
function readElement(text: string, from: number, to: number, passages: Passage[]): number | undefined {
  const before = text[from - 1];
  if (before !== '<' && before !== ':') return undefined;
  const open = before === '<' ? '<' : element.exec(text.slice(Math.max(0, from - 34), from))?.[0];
  if (open === undefined || !isSecretKey(text.slice(from, to))) return undefined;
  const rest = text[to] === '>' ? '>' : matchAt(restOfTag, text, to);
  const found = rest && elementAt(text, to + rest.length, open.slice(1) + text.slice(from, to));
  return found ? take(passages, found, text) : undefined;
}

/** What makes an index of a secret's name a form's field: `user[password]=`, `api_keys[]=`; and what PHP prints. */
const fieldSign = /\]?(?:\[\d{0,9}\])*=(?![=>])/y;
const printedSign = /\] => /y;
const longestField = 128;

function readField(text: string, from: number, to: number, passages: Passage[]): number {
  const key = text.slice(from, to);
  const isIndex = text[to] === ']';
  if ((isIndex && text[from - 1] !== '[') || !isSecretKey(key)) return to;
  const printed = isIndex ? matchAt(printedSign, text, to) : undefined;
  if (printed) {
    const column = columnOf(text, from - 1);
    if (column === undefined) return to;
    const start = to + printed.length;
    const end = trimmedEnd(text, start, lineEndFrom(text, start, slashesBefore(text, from - 1 - column)));
    const value = text.slice(start, end);
    return value === '' || value === 'Array' || number.test(value)
      ? end
      : take(passages, { start, end }, text);
  }
  const sign = matchAt(fieldSign, text, to);
  if (sign === undefined) return to;
  let start = from;
  while (start > 0 && from - start < longestField && /[\w.[\]-]/.test(text[start - 1] ?? '')) start--;
  const at = to + sign.length;
  const value = matchAt(plainValue, text, at) ?? '';
  const end = at + value.length;
  // `cache[token]=value` is code, unless it is all there is.
  const isBegun = /^["'`]?$/.test(text[start - 1] ?? '') || text.startsWith(between, start - between.length);
  const isEnded = /^["'`\\]?$/.test(text[end] ?? '') || text.startsWith(between, end);
  const isForm = /[&?]/.test(text[start - 1] ?? '') || text[end] === '&' || (isBegun && isEnded);
  return isForm && value.length >= 3 && !isCode(value) ? take(passages, { start: at, end }, text) : end;
}

function readQuotedValue(
  text: string,
  at: number,
  key: string,
  keyQuote: string | undefined,
  passages: Passage[],
): number | undefined {
  const quoted = readQuoted(text, at);
  if (!quoted || quoted.end <= quoted.start || endsAnother(text, at, quoted, keyQuote)) return undefined;
  const value = text.slice(quoted.start, quoted.end);
  if (keyQuote === undefined && isPlain(key, value)) return undefined;
  if (!isPlaceholder(value)) passages.push({ start: quoted.start, end: quoted.end, rule });
  return quoted.next;
}

/** Whether the quote ends a string that began before the key, rather than beginning one. */
function endsAnother(text: string, at: number, quoted: Quoted, keyQuote: string | undefined): boolean {
  if (keyQuote !== undefined) return quoted.start - at < keyQuote.replace(']', '').length;
  // `"a password:", "b"`
  const value = text.slice(quoted.start, quoted.end);
  return quoted.next === quoted.end || /^(?:[\s,}\]:;)+]|\\+[nrt])/.test(value);
}

/** Without quotes around it, a plain word is a key in code, whose strings are no secrets. */
function isPlain(key: string, value: string): boolean {
  return isPlainWord(key) && !/^pass|^pwd/i.test(key) && !looksRandom(value);
}

/** Between the strings of a map or list, besides blanks: punctuation, numbers, names in any script. */
const betweenStrings = new Uint8Array(65_536).fill(1);
for (let code = 0; code < 128; code++)
  if (!/[\w{}[\]()<>,:=.+*/-]/.test(String.fromCharCode(code))) betweenStrings[code] = 0;

/**
 * The map or list that begins at `at`, under a secret's key: each string in it, however deep, is a secret; keys and
 * numbers stay. A cut one ends with the text, or with what no map has. Returns where it ends.
 */
function readNested(
  text: string,
  from: number,
  key: string,
  keyQuote: string | undefined,
  passages: Passage[],
): number {
  let depth = 0;
  for (let at = from, last = ''; at < text.length; ) {
    const char = text[at] ?? '';
    const quote = mayQuote[text.charCodeAt(at)] === 1 ? quoteAt(text, at) : undefined;
    if (quote !== undefined) {
      const quoted = readQuoted(text, at);
      const isProse =
        /[\w\u0080-\uffff]/.test(last) && !/\W[bruf]{1,2}$/i.test(text.slice(Math.max(0, at - 3), at));
      if (!quoted || isProse || endsAnother(text, at, quoted, keyQuote)) return at;
      const value = text.slice(quoted.start, quoted.end);
      const isClosed = quoted.next > quoted.end;
      const after = afterBlanks(text, quoted.next);
      const isKey = isClosed && (text[after] === ':' || text.startsWith('=>', after));
      const stays = value === '' || isPlaceholder(value) || (keyQuote === undefined && isPlain(key, value));
      if (!isKey && !stays) passages.push({ start: quoted.start, end: quoted.end, rule });
      if (!isClosed) return quoted.end;
      last = '';
      at = after;
      continue;
    }
    const after = afterBlanks(text, at);
    if (after > at) {
      at = after;
      continue;
    }
    if (betweenStrings[text.charCodeAt(at)] !== 1) return at;
    at++;
    last = char;
    if (char === '{' || char === '[') depth++;
    if ((char === '}' || char === ']') && --depth === 0) return at;
  }
  return text.length;
}

interface Assigned {
  from: number;
  key: string;
  sign: string;
  /** Where the value begins. */
  at: number;
}

function readPlainValue(
  text: string,
  assigned: Assigned,
  passages: Passage[],
  nextPair: (from: number) => Ahead,
): number {
  const { key, sign, at, from } = assigned;
  // Redacted text is read again, and most of it is this.
  if (text.startsWith(marker, at)) return at + marker.length;
  const words = keyWords(key);
  const taken = (start: number, length: number) => {
    if (length > 0) passages.push({ start, end: start + length, rule });
    return start + length;
  };
  if (words.endsWith('authorization')) {
    const listed = matchAt(listedScheme, text, at);
    const list = at + (listed?.length ?? 0);
    if (listed && text.startsWith(marker, list)) return list;
    if (listed && text[nextPair(list).start] === '=') {
      return taken(list, (matchAt(restOfLine, text, list) ?? '').trimEnd().length);
    }
    const named = matchAt(scheme, text, at);
    if (named) {
      const value = matchAt(plainValue, text, at + named.length) ?? '';
      const after = at + named.length + value.length;
      const stands = looksRandom(value) || (value.length >= 4 && matchAt(lineEnd, text, after) !== undefined);
      return stands && !isPlaceholder(value) ? taken(at + named.length, value.length) : after;
    }
  }
  if (/cookies?$/.test(words) && sign.includes(':')) {
    const pairs = matchAt(cookiePairs, text, at);
    return pairs === undefined ? at : taken(at, pairs.trimEnd().length);
  }
  const atLine = isLineStart(text, from);
  const tight = sign === '=';
  const value = matchAt(tight && atLine ? lineValue : plainValue, text, at);
  if (value === undefined) return at;
  const ended = value.replace(/(?<=\w)[.!?:]+$/, '');
  if (number.test(ended) && (ended.length < 6 || !/^pass|pwd|secret/.test(words))) return at + value.length;
  const called = text[at + value.length] === '(' || text[at + value.length] === '[';
  if (isPlaceholder(ended) || isCode(called ? `${ended}(` : ended)) return at + value.length;
  return isValue(text, ended, at + value.length, { ...assigned, tight, atLine })
    ? taken(at, ended.length)
    : at + value.length;
}

/** Whether an unquoted value is a real one: prose says `password: something` too. */
function isValue(
  text: string,
  value: string,
  end: number,
  where: Assigned & { tight: boolean; atLine: boolean },
): boolean {
  if (looksRandom(value)) return !/\(|^[a-z_]+\.[a-z_.]+$/.test(value);
  const { key, tight, atLine } = where;
  const alone = matchAt(lineEnd, text, end) !== undefined;
  const password = /pass|pwd/i.test(key);
  const identifier = !isPlainWord(key);
  if (tight) return value.length >= (password || identifier ? 3 : 6);
  if (/[\d!@#$%^*?+=]/.test(value.slice(0, -1)) && value.length >= 4) return password || identifier;
  return (
    alone && atLine && (identifier || /^[a-z]/.test(key)) && value.length >= (password || identifier ? 4 : 8)
  );
}

function isLineStart(text: string, at: number): boolean {
  let before = at;
  while (before > 0 && (text[before - 1] === ' ' || text[before - 1] === '\t' || text[before - 1] === '-'))
    before--;
  if (before === 0 || text[before - 1] === '\n' || text[before - 1] === '{') return true;
  if (text[before - 1] === 'n' && text[before - 2] === '\\') return true;
  return /(?:^|[\n\\]n?)[ \t]*(?:export|set|ENV|ARG)$/.test(text.slice(Math.max(0, before - 12), before));
}

/** `<password>…<`, `PASSWORD '…'`, `--password …`: a value without an assignment sign. */
function readUnsigned(text: string, from: number, to: number, key: string, passages: Passage[]): number {
  if (!isSecretKey(key.replace(/^-+/, ''))) return to;
  const inElement = readElement(text, from, to, passages);
  if (inElement !== undefined) return inElement;
  if (text[from - 1] === '<' && text[to] === '>') {
    const end = text.indexOf('<', to);
    const value = end < 0 ? '' : text.slice(to + 1, end);
    if (!/^[^\s"'\\]+$/.test(value) || isPlaceholder(value)) return to;
    passages.push({ start: to + 1, end, rule });
    return end;
  }
  const blank = matchAt(ownValue, text, to);
  if (blank === undefined) return to;
  const at = to + blank.length;
  if (key.startsWith('--')) {
    const quoted = readQuoted(text, at);
    const value = quoted ? text.slice(quoted.start, quoted.end) : (matchAt(plainValue, text, at) ?? '');
    const start = quoted?.start ?? at;
    if (value.length < 3 || value.startsWith('-') || isPlaceholder(value)) return to;
    // `"--token ", "b"`
    if (quoted && /^(?:[\s,:()[\]{}]|\\+[nrt])*$/.test(value)) return to;
    passages.push({ start, end: start + value.length, rule });
    return start + value.length;
  }
  return /^password$/i.test(key) ? readSqlPassword(text, at, passages) : to;
}

/** The string literal after `PASSWORD` and `IDENTIFIED BY` in SQL. */
export function readSqlPassword(text: string, at: number, passages: Passage[]): number {
  const quoted = text[at] === "'" ? readQuoted(text, at) : undefined;
  if (!quoted || quoted.next === quoted.end || quoted.end <= quoted.start) return at;
  if (!isPlaceholder(text.slice(quoted.start, quoted.end))) {
    passages.push({ start: quoted.start, end: quoted.end, rule: 'sql-password' });
  }
  return quoted.next;
}
