import { readFile, stat } from 'node:fs/promises';
import { textOfBytes } from './documents.ts';
import type { Trace } from './model.ts';
import { parseTraces } from './otlp-json.ts';
import { type RunReading, readRuns } from './reading/index.ts';
import { traceFilesIn } from './trace-files.ts';

/** What could not be read, and why, in a sentence. */
export interface Unread {
  source: string;
  why: string;
}

/** What could not be read, in lines; of many only the first, and how many more. */
export function unreadLines(unread: Unread[], between = ' '): string[] {
  const lines = unread.slice(0, mostTold).map(({ source, why }) => source + between + why);
  const more = unread.length - lines.length;
  return more > 0 ? [...lines, `and ${more} more that cannot be read, or hold no run`] : lines;
}

const mostTold = 10;

/** The runs in these traces; where a trace holds none, and is no critique of runs either, `skip` is told. */
export function readingsInTraces(
  traces: Trace[],
  source: string,
  skip: (unread: Unread) => void,
): RunReading[] {
  const runs = traces.flatMap(readRuns);
  if (runs.length > 0 || traces.some(isCritique)) return runs;
  const spans = traces.reduce((sum, trace) => sum + trace.spans.length, 0);
  const why =
    spans > 0 ? `holds ${spans} spans but none of Agento's modules.` : 'holds no trace in OTLP JSON.';
  skip({ source, why });
  return [];
}

/** `agento critique` leaves its trace among those of the runs it read. */
function isCritique({ spans }: Trace): boolean {
  return spans.some(({ attributes }) => attributes['agento.step.name'] === 'guardrail_proposal');
}

/**
 * The runs in the trace files of a folder, of its `traces`, or in one file: a file is read when it is its turn. What
 * holds none is told to `skip`, with the error where it could not even be read, and the rest goes on.
 *
 * @param since milliseconds since 1970: runs that began before are left out
 */
export async function* readingsIn(
  place: string,
  since: number,
  skip: (unread: Unread, error?: unknown) => void,
): AsyncGenerator<RunReading> {
  for (const file of await filesIn(place)) {
    let runs: RunReading[];
    try {
      runs = readingsInTraces(parseTraces(textOfBytes(await readFile(file))), file, skip);
    } catch (error) {
      skip({ source: file, why: `cannot be read: ${(error as Error).message}.` }, error);
      continue;
    }
    yield* runs.filter(({ started_ms }) => started_ms >= since);
  }
}

async function filesIn(place: string): Promise<string[]> {
  return (await stat(place)).isDirectory() ? traceFilesIn(place) : [place];
}
