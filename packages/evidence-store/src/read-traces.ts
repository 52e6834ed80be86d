import { createReadStream, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parseTraces, type Trace, textOfBytes } from '@agento/evidence';

/** Bytes that are read at once. A larger file, such as a collector's, is divided by its traces first. */
export const mostAtOnce = 24 * 1024 * 1024;

/**
 * The traces of a file, a part of them at a time: no trace is in two parts. `scratch` is a folder for the parts of a
 * large file, which takes as much room as the file while it is read. Rejects with the file system's error.
 */
export async function* tracesIn(
  file: { path: string; size: number },
  scratch: string,
  limit = mostAtOnce,
): AsyncGenerator<Trace[]> {
  if (file.size <= limit) {
    yield parseTraces(textOfBytes(readFileSync(file.path)));
    return;
  }
  mkdirSync(scratch, { recursive: true, mode: 0o700 });
  const folder = mkdtempSync(path.join(scratch, 'file-'));
  try {
    const parts = await divided(file.path, folder, Math.ceil((file.size / limit) * 2));
    for (const part of parts) yield parseTraces(readFileSync(part, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Group = Record<string, unknown>;

/** Writes each span of the file into the part its trace belongs to, one TracesData a line. Gives the parts. */
async function divided(file: string, folder: string, count: number): Promise<string[]> {
  const parts = Array.from({ length: count }, (_, index) => path.join(folder, `${index}.jsonl`));
  const written = new Set<string>();
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    if (line.trim() === '') continue;
    for (const [index, text] of linesByPart(line, count)) {
      const part = parts[index] ?? '';
      await appendFile(part, text, { mode: 0o600 });
      written.add(part);
    }
  }
  return [...written];
}

/** A line as lines of the parts. What is no TracesData goes on as it is, so that its reader says so. */
function linesByPart(line: string, count: number): Map<number, string> {
  const groups = resourceSpansIn(line);
  if (!groups) return new Map([[0, `${line}\n`]]);
  const byPart = new Map<number, Group[]>();
  for (const group of groups) {
    for (const scope of listOf(group.scopeSpans)) {
      for (const [index, spans] of Map.groupBy(listOf(scope.spans), (span) => partOf(span, count))) {
        const kept = byPart.get(index) ?? [];
        kept.push({ ...group, scopeSpans: [{ ...scope, spans }] });
        byPart.set(index, kept);
      }
    }
  }
  return new Map(
    [...byPart].map(([index, resourceSpans]) => [index, `${JSON.stringify({ resourceSpans })}\n`]),
  );
}

function resourceSpansIn(line: string): Group[] | null {
  try {
    const value = JSON.parse(line) as { resourceSpans?: unknown } | null;
    return Array.isArray(value?.resourceSpans) ? listOf(value.resourceSpans) : null;
  } catch {
    return null;
  }
}

function listOf(value: unknown): Group[] {
  return Array.isArray(value)
    ? value.filter((entry): entry is Group => typeof entry === 'object' && entry !== null)
    : [];
}

function partOf({ traceId }: Group, count: number): number {
  const digits = typeof traceId === 'string' ? Number.parseInt(traceId.slice(-8), 16) : 0;
  return Number.isNaN(digits) ? 0 : digits % count;
}
