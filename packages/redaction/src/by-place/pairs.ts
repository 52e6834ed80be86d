import { isOrdinary } from '../words/ordinary.ts';
import { isPlaceholder, looksRandom } from '../words/placeholders.ts';
import { isSecretName, keyWords, labelOf } from '../words/secret-keys.ts';
import { listedScheme, scheme } from './authorization.ts';
import { breakAt, columnOf, indentAt, lineEndFrom } from './lines.ts';
import { readQuoted } from './quoted.ts';
import { afterBlanks, beforeBackslashes, beforeBlanks, matchAt } from './scan.ts';

/** The name of a secret that stands as a value: `DB_PASSWORD` in `"name": "DB_PASSWORD"`. */
export interface Named {
  name: string;
  /** The quote around the name, with its backslashes; empty without one. */
  quote: string;
  /** Whether it stands where only data does: under a quoted label, in a tag, in a list of YAML. In code a label is not quoted. */
  isData: boolean;
  /** Where its value begins: at a quote, a bracket or a word. */
  at: number;
  /** How far the label of a line of YAML is indented: its value is the rest of the line, or a block below it. */
  column?: number;
  /** How many backslashes the line breaks there have. */
  slashes?: number;
  /** Where it ends, if that is known. */
  end?: number;
}

const longestName = 128;
const longestLabel = 32;
const labelCharacter = new Uint8Array(65_536);
for (let code = 0; code < 128; code++) if (/[\w-]/.test(String.fromCharCode(code))) labelCharacter[code] = 1;
/** How many members between a name and its value are read, and how much of lists and maps among them. */
const mostMembers = 8;
/** More labels of names than this belong to other maps: `{"key":"password","name":"Password","value":…}` has two. */
const mostNames = 2;
const mostNested = 256;

/** The value beside the name that ends at `to`, if a label or a list says that it is a name, and of a secret. */
export function besideName(text: string, from: number, to: number, quote: string): Named | undefined {
  const start = nameStart(text, from, quote);
  if (start === undefined) return undefined;
  const opening = start - quote.length;
  const before = quote === '' ? undefined : listBefore(text, opening);
  if (before !== undefined) return inList(text, start, to, quote, before);
  const label = labelBefore(text, opening, quote.length);
  if (!label || labelOf(label.word) !== 'name') return undefined;
  const name = text.slice(start, to);
  if (!isSecretName(name)) return undefined;
  return besideLabel(text, { name, quote, to: to + quote.length, label });
}

interface Label {
  word: string;
  /** Where it begins, with its quote. */
  start: number;
  isQuoted: boolean;
  sign: string;
}
interface AsLabelled {
  name: string;
  quote: string;
  to: number;
  label: Label;
}

function besideLabel(text: string, { name, quote, to, label }: AsLabelled): Named | undefined {
  const named = (at: number, isData: boolean): Named => ({ name, quote, isData, at });
  if (label.sign === ':' && breakAt(text, afterComment(text, to))) {
    const line = lineBelow(text, to, label.start);
    if (line) return { ...named(line.at, true), ...line };
  }
  if (quote === '') {
    // A map of YAML on one line: a label, and no quotes.
    if (text[to] !== ',') return undefined;
    const ahead = memberAhead(text, to);
    return ahead && text[ahead.at] !== undefined ? named(ahead.at, label.isQuoted) : undefined;
  }
  const ahead = memberAhead(text, to);
  if (ahead) return named(ahead.at, label.isQuoted || !ahead.isComma);
  const behind = memberBehind(text, label.start, quote);
  if (behind) return named(behind.at, label.isQuoted || !behind.isComma);
  if (label.sign !== '=') return undefined;
  return inPart(text, label.start, to, named) ?? inProperty(text, label.start, to, named);
}

const comment = /[ \t]+#[^\r\n\\"]{0,200}/y;

/** The position behind the blanks, and the comment of YAML, at `from`. */
function afterComment(text: string, from: number): number {
  let at = from + (matchAt(comment, text, from) ?? '').length;
  while (text[at] === ' ' || text[at] === '\t') at++;
  return at;
}

/** Where the name begins: behind its quote, or, without one, behind a tag, a bracket, or the colon and blank of its label. */
function nameStart(text: string, from: number, quote: string): number | undefined {
  let start = from;
  for (; start > 0 && from - start < longestName; start--) {
    const char = text[start - 1] ?? '';
    if (/["'`\\\r\n]/.test(char)) break;
    if (quote === '' && (/[\t<>{,]/.test(char) || (char === ' ' && /[ :\t]/.test(text[start - 2] ?? ''))))
      break;
  }
  if (quote === '') return start;
  const opening = beforeBackslashes(text, start - 1);
  return start > 0 && text.slice(opening, start) === quote ? start : undefined;
}

/** The label that is assigned what begins at `at`: `"name": `, `key=`, `:name=>`. */
function labelBefore(text: string, at: number, quoteLength: number): Label | undefined {
  let end = beforeBlanks(text, at);
  const sign = text[end - 1] === '>' && text[end - 2] === '=' ? '=>' : (text[end - 1] ?? '');
  if (sign !== '=>' && sign !== ':' && sign !== '=') return undefined;
  end = beforeBlanks(text, end - sign.length);
  const mark = text[end - 1] ?? '';
  if (mark === '"' || mark === "'" || mark === '`') {
    // Backslashes of its own may stand before its quote, which is like the name's, if that has one.
    const length = quoteLength || end - beforeBackslashes(text, end - 1);
    const start = textStart(text, end, length);
    return start === undefined
      ? undefined
      : { word: text.slice(start + length, end - length), start, isQuoted: true, sign };
  }
  let start = end;
  while (start > 0 && end - start < longestLabel && labelCharacter[text.charCodeAt(start - 1)] === 1) start--;
  // A line break's `n` is no part of it.
  if (text[start - 1] === '\\' && /[nrt]/.test(text[start] ?? '')) start++;
  return start === end ? undefined : { word: text.slice(start, end), start, isQuoted: false, sign };
}

/** A label without quotes: of a map in code, of Ruby's symbols, of an attribute with a prefix. */
const bareLabel = /:?[\w.-]{1,64}(?::[\w.-]{1,64}(?==))?/y;
const sign = /=>|:|=/y;
const plain = /[^,\s"'`\\{}[\]()<>]{1,256}/y;

/** Where the value begins that stands behind a name, in the same map or tag. */
function memberAhead(text: string, from: number, among = 0): { at: number; isComma: boolean } | undefined {
  let nested = mostNested;
  let names = among;
  for (let at = from, count = 0; count < mostMembers; count++) {
    const next = afterBlanks(text, at);
    const isComma = text[next] === ',';
    if (!isComma && next === at) return undefined;
    at = isComma ? afterBlanks(text, next + 1) : next;
    const quoted = readQuoted(text, at);
    const bare = quoted ? undefined : matchAt(bareLabel, text, at);
    if (quoted ? quoted.next === quoted.end : bare === undefined) return undefined;
    const signAt = afterBlanks(text, quoted?.next ?? at + (bare?.length ?? 0));
    const assigned = matchAt(sign, text, signAt);
    if (assigned === undefined) return undefined;
    const word = bare ?? text.slice(quoted?.start, quoted?.end);
    at = afterBlanks(text, signAt + assigned.length);
    const label = labelOf(word);
    if (label === 'value') return { at, isComma };
    if (label === 'name' && ++names === mostNames) return undefined;
    const end = afterValue(text, at, nested);
    if (end === undefined) return undefined;
    if (text[at] === '{' || text[at] === '[') nested -= end - at;
    at = end;
  }
  return undefined;
}

/** A further value of the same name: `{"field":"password","old_value":"…","new_value":"…"}`. */
export function besideNext(text: string, named: Named): Named | undefined {
  if (named.quote === '' || named.column !== undefined || named.end !== undefined) return undefined;
  const end = afterValue(text, named.at, mostNested);
  const ahead = end === undefined ? undefined : memberAhead(text, end, 1);
  return ahead && { ...named, at: ahead.at };
}

/** Where the value at `at` ends; a map or list if it has at most `nested` characters. */
function afterValue(text: string, at: number, nested: number): number | undefined {
  const quoted = readQuoted(text, at);
  if (quoted) return quoted.next > quoted.end ? quoted.next : undefined;
  if (text[at] !== '{' && text[at] !== '[') return at + (matchAt(plain, text, at) ?? '').length;
  let depth = 0;
  for (let end = at; end < text.length && end - at < nested; ) {
    const inner = readQuoted(text, end);
    if (inner) {
      if (inner.next === inner.end) return undefined;
      end = inner.next;
      continue;
    }
    const char = text[end++];
    if (char === '{' || char === '[') depth++;
    if ((char === '}' || char === ']') && --depth === 0) return end;
  }
  return undefined;
}

/** Where the value begins that stands before a name, in the same map or tag: a text. */
function memberBehind(
  text: string,
  labelStart: number,
  quote: string,
): { at: number; isComma: boolean } | undefined {
  let names = 0;
  for (let at = labelStart, count = 0; count < mostMembers; count++) {
    let end = beforeBlanks(text, at);
    const isComma = text[end - 1] === ',';
    if (!isComma && end === at) return undefined;
    if (isComma) end = beforeBlanks(text, end - 1);
    const start = valueStart(text, end, quote.length);
    const label = start === undefined ? undefined : labelBefore(text, start, quote.length);
    if (start === undefined || !label) return undefined;
    const kind = labelOf(label.word);
    if (kind === 'value') return { at: start, isComma };
    if (kind === 'name' && ++names === mostNames) return undefined;
    at = label.start;
  }
  return undefined;
}

/** Where the text, number or word begins that ends at `end`; its quote is as long as the name's. */
function valueStart(text: string, end: number, length: number): number | undefined {
  const mark = text[end - 1] ?? '';
  if (mark === '"' || mark === "'" || mark === '`') return textStart(text, end, length);
  let start = end;
  while (start > 0 && end - start < longestLabel && /[\w.+-]/.test(text[start - 1] ?? '')) start--;
  return start < end ? start : undefined;
}

/** Where the text begins, with its quote, whose closing quote ends at `end`: `readQuoted` in the other direction. */
function textStart(text: string, end: number, length: number): number | undefined {
  const mark = text[end - 1];
  for (let at = end - length - 1; at >= 0; at--) {
    const code = text.charCodeAt(at);
    if (code === 10 && mark !== '`') return undefined;
    if (code !== 34 && text[at] !== mark) continue;
    const slashes = at - beforeBackslashes(text, at);
    if (text[at] === mark && slashes === length - 1) return at - slashes;
    if (slashes < length - 1 || (slashes + 1) % length !== 0) return undefined;
    at -= slashes;
  }
  return undefined;
}

const yamlMember = /(["']?)([\w.-]{1,64})\1[ \t]*:(?:[ \t]+|(?=[\r\n\\]))/y;

/** The value of a map in lines of YAML, in one of the next lines, as far indented as the label of the name. */
function lineBelow(
  text: string,
  nameEnd: number,
  labelStart: number,
): { at: number; column: number; slashes: number } | undefined {
  const column = columnOf(text, labelStart);
  if (column === undefined) return undefined;
  let next = breakAt(text, afterComment(text, nameEnd));
  let names = 0;
  for (let count = 0; next && count < mostMembers; count++) {
    const { slashes } = next;
    const indent = indentAt(text, next.end);
    const at = next.end + indent;
    if (text[at] === '#' || breakAt(text, at)) {
      next = breakAt(text, lineEndFrom(text, at, slashes));
      continue;
    }
    if (indent < column) return undefined;
    if (indent === column) {
      yamlMember.lastIndex = at;
      const match = yamlMember.exec(text);
      if (!match) return undefined;
      const label = labelOf(match[2] ?? '');
      if (label === 'value') return { at: at + match[0].length, column, slashes };
      if (label === 'name' && ++names === mostNames) return undefined;
    }
    next = breakAt(text, lineEndFrom(text, at, slashes));
  }
  return undefined;
}

/** The sign before the first quote of a list, or before a further one's. */
function listBefore(text: string, opening: number): number | undefined {
  // Python's bytes, as headers of ASGI.
  const isPrefixed = /[bu]/.test(text[opening - 1] ?? '') && !/\w/.test(text[opening - 2] ?? '');
  const end = beforeBlanks(text, isPrefixed ? opening - 1 : opening);
  const char = text[end - 1];
  return char === '[' || char === '(' || char === ',' ? end - 1 : undefined;
}

/** `["authorization", "Bearer …"]`, also as a member of `[["accept", "*"], …]`, or among others as Node's raw headers. */
function inList(text: string, start: number, to: number, quote: string, before: number): Named | undefined {
  const comma = afterBlanks(text, to + quote.length);
  if (text[comma] !== ',') return undefined;
  let at = afterBlanks(text, comma + 1);
  if (/[bu]/.test(text[at] ?? '')) at++;
  if (!text.startsWith(quote, at)) return undefined;
  const name = text.slice(start, to);
  if (!isSecretName(name)) return undefined;
  const quoted = readQuoted(text, at);
  if (!quoted || quoted.next === quoted.end || quoted.start - at !== quote.length) return undefined;
  const open = text[before];
  const close = text[afterBlanks(text, quoted.next)];
  const isPair = (open === '[' && close === ']') || (open === '(' && close === ')');
  const outer = isPair ? text[beforeBlanks(text, before) - 1] : undefined;
  const isEntry = outer === '[' || outer === ',';
  const value = text.slice(quoted.start, quoted.end);
  return isListedValue(name, value, isEntry) ? { name, quote, isData: true, at } : undefined;
}

/**
 * Whether a text behind the name of a secret in a list is one: lists of names (`["password", "firstName"]`) are more
 * frequent than raw headers. In a list of pairs (`[["user", "ann"], …]`) less has to tell it.
 */
function isListedValue(name: string, value: string, isEntry: boolean): boolean {
  if (isPlaceholder(value)) return false;
  const words = keyWords(name);
  if (
    words.endsWith('authorization') &&
    (isSchemed(value) || (matchAt(listedScheme, value, 0) && /=/.test(value)))
  )
    return true;
  if (/cookies?$/.test(words) && /^[\w!#$%&*+.^|~-]+=\S/.test(value)) return true;
  if (isEntry && (/pass|pwd/.test(words) ? !isOrdinary(value) : looksRandom(value) && /\d/.test(value)))
    return true;
  return (
    value.length < 1_000 &&
    /^[\w+/=.~-]{16,}$/.test(value) &&
    /\d\D*\d\D*\d/.test(value) &&
    /[A-Za-z]/.test(value)
  );
}

/** A scheme and one credential: `Basic understanding of cooking` is a title. */
function isSchemed(value: string): boolean {
  const named = matchAt(scheme, value, 0);
  return named !== undefined && /^\S+$/.test(value.slice(named.length));
}

const title = /^(?:\p{Lu}?\p{Ll}+|\p{Lu}+)(?: (?:\p{Lu}?\p{Ll}+|\p{Lu}+))*$/u;
/** What people think up may be several words: a passphrase, the secret of a joke. What programs issue is one. */
const thoughtUp = /(?:^|_)(?:pass_?(?:word|wd|phrase|code)|pwd|secret)(?:_|$)/;
const proseWord = String.raw`(?:\p{Lu}?[\p{Ll}\p{Lo}]+(?:['’-]\p{L}+)*|\p{Lu}{1,5}|\*\*\*REDACTED\*\*\*)`;
const prose = new RegExp(
  String.raw`^${proseWord}(?:[,;:.!?)]*(?:\s|\\+[nrt])+(?:[–—-] )?\(?(?:${proseWord}|\d{1,4}))+[.!?)]*$`,
  'u',
);
const longestProse = 2_000;

/**
 * Whether what stands beside a title is said of it: plans have items `Authorization`, `Cookies` and `API keys`, whose values are
 * several words of a language. Beside an identifier (`DB_TOKEN`) it is a secret all the same.
 */
export function isSaidOf(name: string, value: string): boolean {
  if (value.length > longestProse || !/\s|\\/.test(value) || !title.test(name)) return false;
  return !thoughtUp.test(keyWords(name)) && !isSchemed(value) && prose.test(value);
}

const farthestTag = 200;
const endOfHead =
  /(?:;[^\r\n\\]{0,200})?(?:\r?\n|(?:\\+r)?\\+n)(?:[\w-]{1,64}:[^\r\n\\]{0,200}(?:\r?\n|(?:\\+r)?\\+n)){0,4}(?:\r?\n|(?:\\+r)?\\+n)/y;

/** A part of a multipart form: up to the next boundary, which is a line that begins with `--`. */
function inPart(
  text: string,
  labelStart: number,
  to: number,
  named: (at: number, isData: boolean) => Named,
): Named | undefined {
  if (!/form-data;[^\r\n]*$/i.test(text.slice(Math.max(0, labelStart - farthestTag), labelStart)))
    return undefined;
  const head = matchAt(endOfHead, text, to);
  if (head === undefined) return undefined;
  const at = to + head.length;
  const slashes = /\\+(?=n$)/.exec(head)?.[0].length ?? 0;
  let end = lineEndFrom(text, at, slashes);
  for (let next = breakAt(text, end); next && !text.startsWith('--', next.end); next = breakAt(text, end)) {
    const lineEnd = lineEndFrom(text, next.end, slashes);
    if (lineEnd >= text.length || !breakAt(text, lineEnd)) break;
    end = lineEnd;
  }
  return { ...named(at, true), end };
}

const propertyTag =
  /<((?:[\w-]{1,32}:)?(?:property|param|parameter|init-param|entry|setting|env|variable|header|arg|option|attribute|field))\s/iy;
const endOfTag = /[^<>]{0,200}>/y;

/** `<property name="password">…</property>`. */
function inProperty(
  text: string,
  labelStart: number,
  to: number,
  named: (at: number, isData: boolean) => Named,
): Named | undefined {
  const before = text.slice(Math.max(0, labelStart - farthestTag), labelStart);
  const tagAt = before.lastIndexOf('<');
  if (tagAt < 0 || before.includes('>', tagAt)) return undefined;
  const tag = matchAt(propertyTag, before, tagAt)?.trim();
  const rest = tag && matchAt(endOfTag, text, to);
  if (!tag || !rest || rest.endsWith('/>')) return undefined;
  const at = to + rest.length;
  const element = innerAt(text, at) ?? elementAt(text, at, tag.slice(1));
  return element && { ...named(element.start, true), end: element.end };
}

const nextElement = /<\/[\w.:-]{1,64}>(?:\s|\\+[nrt])*<((?:[\w-]{1,32}:)?[\w-]{1,32})(?:\s[^<>]{0,200})?>/y;
/** What the value stands in once more: `<property name="…"><value>…`, XML-RPC's `<value><string>…`. */
const innerTag = /(?:\s|\\+[nrt]){0,64}<(value|string)(?:\s[^<>]{0,200})?>/iy;

function innerAt(text: string, at: number): { start: number; end: number } | undefined {
  innerTag.lastIndex = at;
  const inner = innerTag.exec(text);
  return inner ? elementAt(text, innerTag.lastIndex, inner[1] ?? '') : undefined;
}
const openTag = /<(?:[\w-]{1,32}:)?([\w-]{1,32})(?:\s[^<>]*)?>$/;

/** `<key>password</key><string>…</string>`: the name is an element's content, the value the next one's. */
export function besideElement(text: string, from: number, to: number): Named | undefined {
  const start = nameStart(text, from, '');
  if (start === undefined || text[start - 1] !== '>') return undefined;
  const label = openTag.exec(text.slice(Math.max(0, start - 64), start))?.[1];
  if (label === undefined || labelOf(label) !== 'name') return undefined;
  const name = text.slice(start, to);
  if (!isSecretName(name)) return undefined;
  nextElement.lastIndex = to;
  const tag = nextElement.exec(text)?.[1];
  if (tag === undefined || !(/^(?:string|data)$/.test(tag) || labelOf(tag) === 'value')) return undefined;
  const at = nextElement.lastIndex;
  const element = innerAt(text, at) ?? elementAt(text, at, tag);
  return element ? { name, quote: '', isData: true, at: element.start, end: element.end } : undefined;
}

const cdata = '<![CDATA[';
const endOfCdata = ']]>';
/** Of text in CDATA: within it `<` is no sign. */
const longestCdata = 4_096;

/** The text of the element whose content begins at `at`, without the blanks around it; undefined if others are in it. */
export function elementAt(text: string, at: number, tag: string): { start: number; end: number } | undefined {
  let start = afterBlanks(text, at);
  let end: number;
  if (text.startsWith(cdata, start)) {
    start += cdata.length;
    const length = text.slice(start, start + longestCdata).indexOf(endOfCdata);
    return length < 0 ? undefined : { start, end: start + length };
  }
  end = text.indexOf('<', start);
  if (end < 0 || text[end + 1] !== '/' || !text.startsWith(tag, end + 2)) return undefined;
  end = beforeBlanks(text, end);
  // A quote may end a string of JSON.
  return end > start && !text.slice(start, end).includes('"') ? { start, end } : undefined;
}

/** Tells which members of a map or list hold the secret whose name stands beside them; null for none. */
export function heldBeside(part: object, around: object | undefined): ((key: string) => boolean) | null {
  if (Array.isArray(part)) return heldInList(part, Array.isArray(around));
  const map = part as Record<string, unknown>;
  let names: string[] | undefined;
  return (key) => {
    if (lastOfValue[key.charCodeAt(key.length - 1)] !== 1 || labelOf(key) !== 'value') return false;
    names ??= secretNames(map);
    if (names.length === 0) return false;
    const value = map[key];
    return typeof value !== 'string' || names.some((name) => !isSaidOf(name, value));
  };
}

/** With which a label of a value ends (`value`, `VALUES`, `val`): it is asked of every key of every map. */
const lastOfValue = new Uint8Array(128);
for (const char of 'eslESL') lastOfValue[char.charCodeAt(0)] = 1;

function secretNames(part: Record<string, unknown>): string[] {
  return Object.keys(part)
    .filter((key) => labelOf(key) === 'name')
    .map((key) => part[key])
    .filter((name) => typeof name === 'string' && isSecretName(name)) as string[];
}

function heldInList(list: unknown[], isInList: boolean): ((key: string) => boolean) | null {
  if (list.length % 2 !== 0) return null;
  const isEntry = list.length === 2 && isInList;
  let held: Set<string> | null = null;
  for (let at = 0; at < list.length; at += 2) {
    const [name, value] = [list[at], list[at + 1]];
    if (typeof name !== 'string' || typeof value !== 'string') return null;
    // Most lists of texts are of sentences.
    if (name.length > longestName || name.includes(' ') || !isSecretName(name)) continue;
    if (!isListedValue(name, value, isEntry)) continue;
    held ??= new Set();
    held.add(String(at + 1));
  }
  return held && ((key) => held.has(key));
}
