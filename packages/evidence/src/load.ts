import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { textOfBytes } from './documents.ts';
import { restoreFromJaeger } from './jaeger.ts';
import { askJaeger, traceIdInJaeger } from './jaeger-api.ts';
import type { Trace } from './model.ts';
import { NotFoundError } from './not-found.ts';
import { parseOtlpJson, parseTraces } from './otlp-json.ts';
import { namesIn, runFolders } from './run-folders.ts';
import { tracesOfRuns } from './run-traces.ts';

/** Where to look for traces. */
export interface TraceSources {
  /** AGENTO_DATA_DIR: `traces/{trace_id}.jsonl` and `runs/{run_id}/`. */
  dataDir: string;
  /** Base address of Jaeger's API; if set, traces come from there instead of from files. */
  jaegerUrl?: string;
}

const traceId = /^[0-9a-f]{32}$/i;
const runId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** The beginning of either; shorter ones are too likely to be a file's name. */
const idPrefix = /^[0-9a-f][0-9a-f-]{3,35}$/i;

/**
 * Loads a trace by trace id, by run id, by the beginning of either, or from a file of OTLP JSON (its newest run).
 * Rejects with a NotFoundError.
 */
export async function loadTrace(source: string, sources: TraceSources): Promise<Trace> {
  const { text, name, id, isJaegers } = await textOf(source, sources);
  const trace = parseOtlpJson(text, id);
  requireTraces(text, name, [trace]);
  if (isJaegers) restoreFromJaeger(trace);
  return trace;
}

/** The same, but of a file every trace in it, and of a run that of every attempt, the newest first. */
export async function loadTraces(source: string, sources: TraceSources): Promise<Trace[]> {
  const run = await runNamed(source, sources);
  const [newest = source, ...earlier] = run === null ? [] : await traceIdsOfRun(run, sources);
  const traces = await tracesOf(newest, sources);
  for (const id of earlier) {
    try {
      traces.push(...(await tracesOf(id, sources)));
    } catch (error) {
      // What an earlier attempt left may be gone.
      if (!(error instanceof NotFoundError)) throw error;
    }
  }
  return traces;
}

async function tracesOf(source: string, sources: TraceSources): Promise<Trace[]> {
  const { text, name, id, isJaegers } = await textOf(source, sources);
  const traces = parseTraces(text).filter(({ trace_id }) => id === undefined || trace_id === id);
  requireTraces(text, name, traces);
  if (isJaegers) for (const trace of traces) restoreFromJaeger(trace);
  return traces;
}

/** OTLP JSON, where it is from, and the id of the one trace that is meant; without it any in the text may be. */
interface Found {
  text: string;
  name: string;
  id?: string;
  isJaegers?: true;
}

async function textOf(source: string, sources: TraceSources): Promise<Found> {
  if (traceId.test(source)) return textOfTrace(source.toLowerCase(), sources);
  const [newest] = runId.test(source) ? await traceIdsOfRun(source, sources) : [];
  if (newest !== undefined) return textOfTrace(newest, sources);
  const text = await read(source);
  if (text !== null) return { text, name: source };
  const whole = idPrefix.test(source) ? wholeId(source.toLowerCase(), sources.dataDir) : null;
  if (whole !== null) return textOf(whole, sources);
  throw new NotFoundError(`${source} is not a trace id, a run id, the beginning of one or a file`);
}

/** The trace or run of the data folder whose id begins like this; null if there is none. */
function wholeId(prefix: string, dataDir: string): string | null {
  const traces = namesIn(path.join(dataDir, 'traces')).map((name) => name.replace(/\.jsonl$/, ''));
  const runs = namesIn(path.join(dataDir, 'runs'));
  const ids = [...traces.filter((name) => traceId.test(name)), ...runs.filter((name) => runId.test(name))];
  const here = ids.filter((id) => id.startsWith(prefix));
  const found = here.length > 0 ? here : [...tracesOfRuns(prefix, dataDir).keys()];
  const [first, ...more] = found;
  if (first === undefined || more.length === 0) return first ?? null;
  throw new NotFoundError(`Several runs and traces begin with ${prefix}: ${found.slice(0, 8).join(', ')}`);
}

async function textOfTrace(id: string, { dataDir, jaegerUrl }: TraceSources): Promise<Found> {
  if (jaegerUrl !== undefined) {
    const text = await askJaeger(jaegerUrl, `/api/v3/traces/${id}`, `No trace ${id}`);
    return { text, name: jaegerUrl, id, isJaegers: true };
  }
  const file = path.join(dataDir, 'traces', `${id}.jsonl`);
  const text = await read(file);
  if (text === null) {
    throw new NotFoundError(
      `No trace ${id}: ${file} does not exist. The embedded receiver keeps traces there; ` +
        "where a collector takes them, name the collector's file or Jaeger's address.",
    );
  }
  return { text, name: file, id };
}

/** Rejects text without any OTLP JSON; the message says what is there, and what should be. */
function requireTraces(text: string, source: string, traces: Trace[]): void {
  if (traces.some(({ spans }) => spans.length > 0) || text.includes('"resourceSpans"')) return;
  const what =
    text.trim() === '' ? 'is empty' : 'holds no trace: nothing in it is OTLP JSON with resourceSpans';
  throw new NotFoundError(
    `${source} ${what}. Name a trace id, a run id or a file that a collector's file exporter or the embedded ` +
      'receiver wrote.',
  );
}

/** The run whose id this is, or begins; null for a trace and a file. */
async function runNamed(source: string, { dataDir }: TraceSources): Promise<string | null> {
  if (runId.test(source)) return source;
  if (!idPrefix.test(source) || traceId.test(source) || existsSync(source)) return null;
  const whole = wholeId(source.toLowerCase(), dataDir);
  return whole !== null && runId.test(whole) ? whole : null;
}

/** The traces of its attempts, the newest first; at least one. */
async function traceIdsOfRun(run: string, { dataDir, jaegerUrl }: TraceSources): Promise<string[]> {
  const folders = runFolders(dataDir, run);
  const found = new Set<string>();
  for (const place of folders) {
    const files = namesIn(place).filter((name) => /^module\d+_output\.json$/.test(name));
    for (const file of files.sort()) {
      const id = traceIdIn(await readFile(path.join(place, file), 'utf8'));
      if (id !== null) found.add(id);
    }
  }
  if (found.size > 0) return [...found];
  if (jaegerUrl !== undefined) return [await traceIdInJaeger(run, jaegerUrl)];
  const traced = tracesOfRuns(run.toLowerCase(), dataDir).get(run.toLowerCase());
  if (traced !== undefined) return [traced];
  throw new NotFoundError(`No run ${run}: no output with trace_metadata in ${folders.at(-1)}`);
}

function traceIdIn(output: string): string | null {
  try {
    const id = (JSON.parse(output) as { trace_metadata?: { trace_id?: unknown } }).trace_metadata?.trace_id;
    return typeof id === 'string' && traceId.test(id) ? id : null;
  } catch {
    return null;
  }
}

async function read(file: string): Promise<string | null> {
  try {
    return textOfBytes(await readFile(file));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR' || code === 'ENAMETOOLONG') return null;
    throw error;
  }
}
