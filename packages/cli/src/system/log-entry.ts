/** The text of a log entry that is a warning or worse (pino's level 40 and up); null for every other line. */
export function warningIn(line: string): string | null {
  if (!line.startsWith('{')) return null;
  let entry: { level?: unknown; msg?: unknown; err?: { message?: unknown } };
  try {
    entry = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof entry.level !== 'number' || entry.level < 40) return null;
  const texts = [entry.msg, entry.err?.message].filter((text) => typeof text === 'string');
  return [...new Set(texts)].join(': ') || line;
}
