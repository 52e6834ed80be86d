import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { textOfBytes } from './documents.ts';
import { askJaeger, type JaegerAddress } from './jaeger-api.ts';
import { idsInJaeger, traceIdInJaeger } from './jaeger-search.ts';
import type { Trace } from './model.ts';
import { NotFoundError } from './not-found.ts';
import { parseOtlpJson, parseTraces } from './otlp-json.ts';
import { namesIn, runFolders } from './run-folders.ts';
import { tracesOfRuns } from './run-traces.ts';

/** Where to look for traces. */
export interface TraceSources {
  /** AGENTO_DATA_DIR: `traces/{trace_id}.jsonl` and `runs/{run_id}/`. */
  dataDir: string;
  /** If set, traces come from there instead of from files. */
  jaeger?: JaegerAddress;
  /** Reads OTLP JSON for loadTraces: for whoever has read the same text before. */
  parse?: (text: string) => Trace[];
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
  const { text, name, id } = await textOf(source, sources);
  const trace = parseOtlpJson(text, id);
  requireTraces(text, name, [trace]);
  return trace;
}

/** The same, but of a file every trace in it, and of a run that of every attempt, the newest first. */
export async function loadTraces(source: string, sources: TraceSources): Promise<Trace[]> {
  const named = await idNamed(source, sources);
  const [newest = named, ...earlier] = runId.test(named) ? await traceIdsOfRun(named, sources) : [];
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
  const { text, name, id } = await textOf(source, sources);
  const { parse = parseTraces } = sources;
  const traces = parse(text).filter(({ trace_id }) => id === undefined || trace_id === id);
  requireTraces(text, name, traces);
  return traces;
}

/** OTLP JSON, where it is from, and the id of the one trace that is meant; without it any in the text may be. */
interface Found {
  text: string;
  name: string;
  id?: string;
}

async function textOf(source: string, sources: TraceSources): Promise<Found> {
  if (traceId.test(source)) return textOfTrace(source.toLowerCase(), sources);
  const [newest] = runId.test(source) ? await traceIdsOfRun(source, sources) : [];
  if (newest !== undefined) return textOfTrace(newest, sources);
  const text = await read(source);
  if (text !== null) return { text, name: source };
  const whole = idPrefix.test(source) ? await wholeId(source.toLowerCase(), sources) : null;
  if (whole !== null) return textOf(whole, sources);
  const where = sources.jaeger ? `, and no run of the last 30 days in ${sources.jaeger.url} begins so` : '';
  throw new NotFoundError(`${source} is not a trace id, a run id, the beginning of one or a file${where}`);
}

/** The trace or run of the data folder, or else of Jaeger, whose id begins like this; null if there is none. */
async function wholeId(prefix: string, { dataDir, jaeger }: TraceSources): Promise<string | null> {
  const traces = namesIn(path.join(dataDir, 'traces')).map((name) => name.replace(/\.jsonl$/, ''));
  const runs = namesIn(path.join(dataDir, 'runs'));
  const ids = [...traces.filter((name) => traceId.test(name)), ...runs.filter((name) => runId.test(name))];
  const here = ids.filter((id) => id.startsWith(prefix));
  const traced = () => [...tracesOfRuns(prefix, dataDir).keys()];
  const found = here.length > 0 ? here : jaeger ? await idsInJaeger(prefix, jaeger) : traced();
  const [first, ...more] = found;
  if (first === undefined || more.length === 0) return first ?? null;
  throw new NotFoundError(`Several runs and traces begin with ${prefix}: ${found.slice(0, 8).join(', ')}`);
}

async function textOfTrace(id: string, { dataDir, jaeger }: TraceSources): Promise<Found> {
  if (jaeger !== undefined) {
    // Raw: else Jaeger sorts events by their names, and moves attributes.
    const text = await askJaeger(jaeger, `/api/v3/traces/${id}?raw_traces=true`, `No trace ${id}`);
    if (text === null) throw new NotFoundError(`No trace ${id} in ${jaeger.url}`);
    return { text, name: jaeger.url, id };
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

/** The run or trace whose id begins like this; whatever else is named, as it is. */
async function idNamed(source: string, sources: TraceSources): Promise<string> {
  if (runId.test(source) || traceId.test(source) || !idPrefix.test(source) || existsSync(source))
    return source;
  return (await wholeId(source.toLowerCase(), sources)) ?? source;
}

/** The traces of its attempts, the newest first; at least one. */
async function traceIdsOfRun(run: string, { dataDir, jaeger }: TraceSources): Promise<string[]> {
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
  if (jaeger !== undefined) return [await traceIdInJaeger(run, jaeger)];
  const traced = tracesOfRuns(run.toLowerCase(), dataDir).get(run.toLowerCase());
  if (traced !== undefined) return traced;
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
