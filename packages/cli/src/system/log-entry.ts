import { matches, Problem } from '@agento/contracts';

/** What a line of a process's log means to its parent. */
export interface LogEntry {
  /** Its text where it is a warning or worse (pino's level 40 and up). */
  warning: string | null;
  /** The problem a run ended with. */
  problem: Problem | null;
}

/** Most characters of an entry's text. */
const longest = 1_000;

/** Parses a log line; null if it is not an entry. */
export function entryIn(line: string): LogEntry | null {
  if (!line.startsWith('{')) return null;
  let entry: { level?: unknown; msg?: unknown; err?: { message?: unknown }; problem?: unknown };
  try {
    entry = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof entry.level !== 'number') return null;
  const texts = [entry.msg, entry.err?.message].filter((text) => typeof text === 'string');
  const text = [...new Set(texts)].join(': ') || line;
  return {
    warning: entry.level < 40 ? null : text.slice(0, longest),
    problem: matches(Problem, entry.problem) ? entry.problem : null,
  };
}
