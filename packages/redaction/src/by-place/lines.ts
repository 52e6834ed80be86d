import { afterBackslashes, beforeBackslashes } from './scan.ts';

/**
 * A line break: where it ends, and how many backslashes its escape has, which says how deep in JSON the lines are; none
 * for a literal one.
 */
export interface Break {
  end: number;
  slashes: number;
}

/** The line break at a position, literal or escaped (`\r\n` as one). */
export function breakAt(text: string, at: number): Break | undefined {
  const code = text.charCodeAt(at);
  if (code === 10) return { end: at + 1, slashes: 0 };
  if (code === 13) return text.charCodeAt(at + 1) === 10 ? { end: at + 2, slashes: 0 } : undefined;
  if (code !== 92) return undefined;
  let end = afterBackslashes(text, at);
  const slashes = end - at;
  if (text[end] === 'r') {
    const next = afterBackslashes(text, end + 1);
    if (next - end - 1 !== slashes) return undefined;
    end = next;
  }
  return text[end] === 'n' ? { end: end + 1, slashes } : undefined;
}

/**
 * Where the line ends that a position is in, among lines whose breaks have so many backslashes. In JSON, a quote with
 * fewer before it ends the string they are in, and a break may follow a backslash of the line's own.
 */
export function lineEndFrom(text: string, from: number, slashes: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 10) return at;
    if (code === 13 && text.charCodeAt(at + 1) === 10) return at;
    if (slashes === 0) continue;
    if (code === 34) return at;
    if (code !== 92) continue;
    const end = afterBackslashes(text, at);
    const count = end - at;
    const next = text[end];
    if (next === '"' && count < slashes) return at;
    if ((next === 'n' || next === 'r') && count >= slashes && Math.floor(count / slashes) % 2 === 1)
      return end - slashes;
    at = end;
  }
  return text.length;
}

/** What may stand before a key in its line besides blanks: the dashes of YAML's lists. */
const farthest = 200;

/** How far a key that begins at `at` is indented; undefined if something else stands before it in its line. */
export function columnOf(text: string, at: number): number | undefined {
  let start = at;
  while (start > 0 && at - start < farthest && /[ \t-]/.test(text[start - 1] ?? '')) start--;
  const before = text[start - 1];
  if (before === undefined || before === '\n') return at - start;
  if (before === 'n' && text[start - 2] === '\\') return at - start;
  // The first line of a string.
  return before === '"' || before === "'" || before === '`' ? at - start : undefined;
}

/** How many backslashes the line break has that ends at a position; none for a literal one. */
export function slashesBefore(text: string, lineStart: number): number {
  return text[lineStart - 1] === 'n' ? lineStart - 1 - beforeBackslashes(text, lineStart - 1) : 0;
}

/** How many blanks are at a position. */
export function indentAt(text: string, at: number): number {
  let end = at;
  while (text[end] === ' ') end++;
  return end - at;
}

/** The line without the blanks and the comment at its end. */
export function trimmedEnd(text: string, from: number, to: number): number {
  const line = text.slice(from, to);
  const comment = line.search(/[ \t]#/);
  return from + (comment < 0 ? line : line.slice(0, comment)).trimEnd().length;
}

/** The lines of a block scalar, `[start, end)`, without the indentation of the first. */
export interface Block {
  start: number;
  end: number;
}

const indicator = /[|>][-+\d]{0,2}[ \t]*(?:(?<=[ \t])#[^\r\n\\"]{0,200})?(?=[\r\n\\])/y;

/**
 * YAML's block scalar whose `|` or `>` is at a position: the lines below that are indented deeper than its key. Undefined
 * if there is none.
 */
export function blockAt(text: string, at: number, column: number): Block | undefined {
  indicator.lastIndex = at;
  if (!indicator.test(text)) return undefined;
  let start = -1;
  let end = -1;
  for (let next = breakAt(text, indicator.lastIndex); next; ) {
    const indent = indentAt(text, next.end);
    const line = next.end + indent;
    const lineEnd = lineEndFrom(text, line, next.slashes);
    if (lineEnd > line) {
      if (indent <= column) break;
      if (start < 0) start = line;
      end = lineEnd;
    }
    next = breakAt(text, lineEnd);
  }
  return start < 0 ? undefined : { start, end };
}
