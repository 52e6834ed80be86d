import { endOfString, type JsonLeft } from '@agento/contracts';
import { allValues, readJson, TooComplex } from './read-json.ts';
import { mostText } from './recorded-text.ts';

/** The JSON value found in an answer, and what had to be ignored to find it; or why there is none. */
export type Found = { value: unknown; recovered: string[] } | { fault: string };

/** Where an object begins, and the index after it. */
type Range = [number, number];

/** How many objects of an answer are considered: the last ones. */
const mostCandidates = 16;

/** The minimum cost of examining a brace, in characters read. */
const leastLook = 32;

const notJson = 'this is not JSON';
const tooLong = 'the JSON is longer than a megabyte: answer more briefly';
const cutOff = 'the JSON was cut off: answer more briefly';

/**
 * Finds the one JSON value in a model's text. Text that is JSON is taken as it is. Otherwise it is the last complete
 * object after the reasoning (after the last `</think>`) that matches the answer's schema: models draft, then answer.
 * If none matches, it is the last complete object, so that the model can be told what is wrong with it.
 *
 * The time is linear in the text's length, for any text.
 *
 * @param isCut whether the endpoint says that the answer was truncated at its length limit
 */
export function findAnswer(text: string, fits: (value: unknown) => boolean, isCut: boolean): Found {
  const bare = text.replace(/^\s*\ufeff/, '');
  const recovered = bare === text ? [] : ['bom'];
  const left = allValues();
  try {
    const isJson = bare.length <= mostText && /^\s*[[{"\dtfn-]/.test(bare);
    const value = isJson ? readJson(bare, left) : undefined;
    if (typeof value === 'string') return told(findAnswer(value, fits, isCut), [...recovered, 'string']);
    if (value !== undefined) return { value, recovered };
  } catch (error) {
    if (error instanceof TooComplex) return { fault: `the JSON is ${error.message}` };
  }
  const reasoned = endOfReasoning(bare);
  // Truncated reasoning holds drafts, not an answer.
  if (isCut && reasoned === 0 && beginsReasoning.test(bare)) return { fault: cutOff };
  let second: { value: unknown; span: Range } | null = null;
  let [isOpen, isLong] = [false, false];
  for (const from of new Set([reasoned, 0])) {
    const { spans, open } = wholeObjects(bare, from);
    isOpen ||= open;
    for (const span of spans.reverse()) {
      const isWithin = span[1] - span[0] <= mostText;
      isLong ||= !isWithin;
      const value = isWithin ? parsed(bare.slice(...span), left) : undefined;
      if (value === undefined) continue;
      if (fits(value)) return { value, recovered: [...recovered, ...around(bare, span)] };
      second ??= { value, span };
    }
  }
  if (isLong) return { fault: tooLong };
  if (isCut) return { fault: cutOff };
  // A complete object inside an incomplete one is only part of an answer.
  if (!second || isOpen) return { fault: notJson };
  return { value: second.value, recovered: [...recovered, ...around(bare, second.span)] };
}

function told(found: Found, how: string[]): Found {
  return 'fault' in found ? found : { ...found, recovered: [...how, ...found.recovered] };
}

function parsed(text: string, left: JsonLeft): unknown {
  try {
    return readJson(text, left);
  } catch {
    return undefined;
  }
}

const beginsReasoning = /<(think|thinking|thought|reasoning)>|\[THINK\]|◁think▷/i;
const endsReasoning = /<\/(?:think|thinking|thought|reasoning)>|\[\/THINK\]|◁\/think▷/gi;

function endOfReasoning(text: string): number {
  let end = 0;
  for (const { index, 0: tag } of text.matchAll(endsReasoning)) end = index + tag.length;
  return end;
}

/** What surrounds the object, by name. */
function around(text: string, [start, end]: Range): string[] {
  const before = text.slice(0, start);
  const reasoned = endOfReasoning(before);
  const rest = before.slice(reasoned) + text.slice(end);
  const token = /<\|[^<>|]{1,40}\|>|<\/?s>/g;
  const fence = /(```|~~~)[a-z]{0,10}/gi;
  return [
    ...(reasoned > 0 || beginsReasoning.test(before) ? ['think'] : []),
    ...(rest.search(fence) >= 0 ? ['fence'] : []),
    ...(rest.search(token) >= 0 ? ['special_token'] : []),
    ...(rest.replace(beginsReasoning, '').replace(fence, '').replace(token, '').trim() ? ['prose'] : []),
  ];
}

/**
 * The last complete top-level objects; `open`: one begins and does not end. A brace that begins no object is skipped;
 * since each may cost a scan of the rest, all scans share a budget proportional to the text.
 */
function wholeObjects(text: string, from: number): { spans: Range[]; open: boolean } {
  const spans: Range[] = [];
  let lookaheadBudget = 2 * text.length + 65_536;
  let open = false;
  for (let start = text.indexOf('{', from); start !== -1 && lookaheadBudget > 0; ) {
    const end = endOfObject(text, start);
    lookaheadBudget -= Math.max(Math.abs(end) - start, leastLook);
    if (end < 0) open ||= -end >= text.length;
    else {
      if (spans.length === mostCandidates) spans.shift();
      spans.push([start, end]);
    }
    start = text.indexOf('{', end < 0 ? start + 1 : end);
  }
  return { spans, open };
}

/** The index after the object that begins here; if there is none, minus the index at which the scan stopped. */
function endOfObject(text: string, start: number): number {
  const key = /\s*["}]/y;
  key.lastIndex = start + 1;
  if (!key.test(text)) return -(start + 1);
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case 0x22:
        at = endOfString(text, at);
        break;
      case 0x7b:
        depth += 1;
        break;
      case 0x7d:
        depth -= 1;
        if (depth === 0) return at + 1;
        break;
    }
  }
  return -text.length;
}
