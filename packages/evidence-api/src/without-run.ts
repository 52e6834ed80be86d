import { parseTraces, spansByRun, textOfBytes } from '@agento/evidence';

/** What has to be done to a file of traces so that a run is no longer in it. */
export type Removal =
  /** Nothing else is in the file; `traces` are the ids of what is. */
  | { is: 'all'; traces: string[]; edits: Edit[] | null }
  /** `null` if lines that name the run are not JSON of their own. */
  | { is: 'some'; edits: Edit[] | null };

/** Bytes that take the place of as many others. */
export interface Edit {
  at: number;
  bytes: Buffer;
}

interface Lists {
  resourceSpans?: { scopeSpans?: { spans?: { traceId?: unknown; spanId?: unknown }[] }[] }[];
}

const [newline, space] = [0x0a, 0x20];

/**
 * How to remove a run from a file of traces; null if it is not in it. A trace goes whole where no other run is in it. Each
 * edit is as long as what it replaces, so that whoever appends to the file at the same time is not disturbed.
 */
export function withoutRun(file: Buffer, runId: string): Removal | null {
  const { traces, spans, isAll } = goingWith(file, runId);
  if (traces.size + spans.size === 0) return null;
  const goes = ({ traceId, spanId }: { traceId?: unknown; spanId?: unknown }) => {
    const trace = String(traceId).toLowerCase();
    return traces.has(trace) || spans.has(`${trace} ${String(spanId).toLowerCase()}`);
  };
  const edits = editsOf(file, goes, new RegExp(runId, 'i'));
  const isGone = edits !== null && !isIn(edited(file, edits), runId);
  const done = isGone ? edits : null;
  return isAll ? { is: 'all', traces: [...traces], edits: done } : { is: 'some', edits: done };
}

/** Traces that go whole, spans that go from others, and whether nothing else is in the file. */
function goingWith(file: Buffer, runId: string) {
  const traces = new Set<string>();
  const spans = new Set<string>();
  let isAll = true;
  for (const trace of parseTraces(textOfBytes(file))) {
    const byRun = spansByRun(trace);
    const others = [...byRun.keys()].filter((id) => id !== '' && id.toLowerCase() !== runId);
    const own = [...byRun].filter(([id]) => id.toLowerCase() === runId).flatMap(([, its]) => its);
    if (own.length > 0 && others.length === 0) traces.add(trace.trace_id);
    else {
      for (const { span_id } of own) spans.add(`${trace.trace_id} ${span_id}`);
      if (trace.spans.length > 0) isAll = false;
    }
  }
  return { traces, spans, isAll };
}

function isIn(file: Buffer, runId: string): boolean {
  const { traces, spans } = goingWith(file, runId);
  return traces.size + spans.size > 0;
}

function editsOf(file: Buffer, goes: (span: object) => boolean, named: RegExp): Edit[] | null {
  const edits: Edit[] = [];
  for (let at = 0, end = 0; at < file.length; at = end + 1) {
    end = file.indexOf(newline, at);
    if (end < 0) end = file.length;
    const line = file.toString('utf8', at, end);
    const value = parsed(line);
    if (value === undefined) {
      if (named.test(line)) return null;
      continue;
    }
    const left = value === null ? null : without(value as Lists, goes);
    if (left === null) continue;
    const bytes = Buffer.alloc(end - at, space);
    const text = Buffer.from(left);
    // Numbers may be longer as they are written here.
    if (text.length > bytes.length) return null;
    text.copy(bytes);
    edits.push({ at, bytes });
  }
  return edits;
}

/** The text of what is left of a line, empty if nothing is; null if it stays as it is. */
function without(data: Lists, goes: (span: object) => boolean): string | null {
  let [gone, left] = [0, 0];
  const keep = (span: object) => {
    const stays = !goes(span);
    if (stays) left += 1;
    else gone += 1;
    return stays;
  };
  const resourceSpans = listOf(data.resourceSpans).flatMap((resource) => {
    const scopeSpans = listOf(resource.scopeSpans).flatMap((scope) => {
      const spans = listOf(scope.spans).filter(keep);
      return spans.length > 0 ? [{ ...scope, spans }] : [];
    });
    return scopeSpans.length > 0 ? [{ ...resource, scopeSpans }] : [];
  });
  if (gone === 0) return null;
  return left === 0 ? '' : JSON.stringify({ ...data, resourceSpans });
}

function listOf<T>(value: T[] | undefined): T[] {
  return Array.isArray(value) ? value : [];
}

function edited(file: Buffer, edits: Edit[]): Buffer {
  const copy = Buffer.from(file);
  for (const { at, bytes } of edits) bytes.copy(copy, at);
  return copy;
}

function parsed(line: string): unknown {
  if (line.trim() === '') return null;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
