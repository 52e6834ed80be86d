import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { textOfBytes } from './documents.ts';
import { restoreFromJaeger } from './jaeger.ts';
import type { Trace } from './model.ts';
import { parseOtlpJson } from './otlp-json.ts';
import { namesIn, runFolders } from './run-folders.ts';

/** Where to look for traces. */
export interface TraceSources {
  /** AGENTO_DATA_DIR: `traces/{trace_id}.jsonl` and `runs/{run_id}/`. */
  dataDir: string;
  /** Base address of Jaeger's API; if set, traces come from there instead of from files. */
  jaegerUrl?: string;
}

/** The trace does not exist or cannot be reached; the message says what was looked for and where. */
export class NotFoundError extends Error {
  override name = 'NotFoundError';
}

const traceId = /^[0-9a-f]{32}$/i;
const runId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Loads a trace by trace id, by run id, or from a file of OTLP JSON (its newest run). Rejects with a NotFoundError. */
export async function loadTrace(source: string, sources: TraceSources): Promise<Trace> {
  if (traceId.test(source)) return loadById(source.toLowerCase(), sources);
  if (runId.test(source)) return loadById(await traceIdOfRun(source, sources.dataDir), sources);
  const text = await read(source);
  if (text === null) {
    throw new NotFoundError(`${source} is not a trace id, a run id or a file`);
  }
  return traceIn(text, source);
}

async function loadById(id: string, { dataDir, jaegerUrl }: TraceSources): Promise<Trace> {
  if (jaegerUrl !== undefined) {
    const text = await askJaeger(id, jaegerUrl);
    const trace = traceIn(text, jaegerUrl, id);
    restoreFromJaeger(trace);
    return trace;
  }
  const file = path.join(dataDir, 'traces', `${id}.jsonl`);
  const text = await read(file);
  if (text === null) {
    throw new NotFoundError(
      `No trace ${id}: ${file} does not exist. The embedded receiver keeps traces there; ` +
        "where a collector takes them, name the collector's file or Jaeger's address.",
    );
  }
  return traceIn(text, file, id);
}

/** Rejects text without any OTLP JSON; the message says what is there, and what should be. */
function traceIn(text: string, source: string, id?: string): Trace {
  const trace = parseOtlpJson(text, id);
  if (trace.spans.length > 0 || text.includes('"resourceSpans"')) return trace;
  const what =
    text.trim() === '' ? 'is empty' : 'holds no trace: nothing in it is OTLP JSON with resourceSpans';
  throw new NotFoundError(
    `${source} ${what}. Name a trace id, a run id or a file that a collector's file exporter or the embedded ` +
      'receiver wrote.',
  );
}

/** The trace of its newest attempt, if the attempts are in several traces. */
async function traceIdOfRun(run: string, dataDir: string): Promise<string> {
  const folders = runFolders(dataDir, run);
  for (const place of folders) {
    const files = namesIn(place).filter((name) => /^module\d+_output\.json$/.test(name));
    for (const file of files.sort()) {
      const id = traceIdIn(await readFile(path.join(place, file), 'utf8'));
      if (id !== null) return id;
    }
  }
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

/** Jaeger's `/api/v3` answers in OTLP, including the links' attributes that its `/api/traces` drops. */
async function askJaeger(id: string, jaegerUrl: string): Promise<string> {
  const url = `${jaegerUrl.replace(/\/+$/, '')}/api/v3/traces/${id}`;
  const answer = await fetch(url).catch((error: Error) => {
    throw new NotFoundError(
      `No trace ${id}: ${url} is not reachable (${String(error.cause ?? error.message)})`,
    );
  });
  if (!answer.ok) throw new NotFoundError(`No trace ${id}: ${url} answered ${answer.status}`);
  return answer.text();
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
