import { printable } from '@agento/contracts';

/** Most characters of a process's stderr that are read, of one line, and of text that waits for the line's end. */
const most = 256 * 1024;
const longestLine = 1_000;
const longestRest = 64 * 1024;

/**
 * What a process says on stderr, line by line: before it has a log, and when it crashes. Nothing there went through
 * the process's own redaction: its secrets are taken out here, and what would drive a terminal.
 */
export async function* linesOf(
  stderr: AsyncIterable<Buffer> | Iterable<Buffer>,
  env: NodeJS.ProcessEnv,
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  let read = 0;
  for await (const chunk of stderr) {
    // What comes after is read all the same, or the process would wait for somebody to do it.
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
  // Loaded when there is something to read: most processes never say a word here.
  const { createRedactor, secretsOfEnvironment } = await import('@agento/redaction');
  const redacted = createRedactor({ secrets: secretsOfEnvironment(env) }).text(text).text;
  return redacted.split(/\r?\n/).map((line) => printable(line.slice(0, longestLine)).trimEnd());
}
