import { printable } from '@agento/contracts';

/** Most characters of a process's stderr that are read, of one line, and of text that waits for the line's end. */
const most = 256 * 1024;
const longestLine = 1_000;
const longestRest = 64 * 1024;

/**
 * A process's stderr, line by line: what it says before it has a log, and when it crashes. The process has not redacted
 * it, so secrets and terminal control characters are removed here.
 */
export async function* linesOf(
  stderr: AsyncIterable<Buffer> | Iterable<Buffer>,
  env: NodeJS.ProcessEnv,
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  let read = 0;
  for await (const chunk of stderr) {
    // The rest must be read, too, or the process would block.
    if (read > most) continue;
    const text = decoder.decode(chunk, { stream: true });
    read += text.length;
    rest += text;
    const end = rest.length > longestRest ? rest.length : rest.lastIndexOf('\n');
    if (end < 0) continue;
    // Whole texts, not lines: a private key has many.
    yield* await linesIn(rest.slice(0, end), env);
    rest = rest.slice(end + 1);
  }
  if (rest !== '') yield* await linesIn(rest, env);
}

async function linesIn(text: string, env: NodeJS.ProcessEnv): Promise<string[]> {
  // Loaded on demand: most processes never write here.
  const { createRedactor, secretsOfEnvironment } = await import('@agento/redaction');
  const redacted = createRedactor({ secrets: secretsOfEnvironment(env) }).text(text).text;
  return redacted.split(/\r?\n/).map((line) => printable(line.slice(0, longestLine)).trimEnd());
}
