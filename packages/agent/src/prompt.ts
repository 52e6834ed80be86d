import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** A prompt file: front matter with `agent` and `version`, then the system message in Markdown. */
export interface Prompt {
  agent: string;
  version: string;
  /** SHA-256 of the file, hex. */
  sha256: string;
  text: string;
}

/** Reads a prompt file; throws an Error that names the file and what it lacks. */
export function loadPrompt(file: URL): Prompt {
  const source = readFileSync(file, 'utf8');
  const parts = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(source);
  const head =
    parts?.[1] === undefined ? null : (parse(parts[1]) as { agent?: unknown; version?: unknown } | null);
  const text = parts?.[2]?.trim() ?? '';
  if (typeof head?.agent !== 'string' || typeof head.version !== 'string') {
    throw new Error(`${file.pathname}: a prompt begins with front matter that has agent and version`);
  }
  if (!text.startsWith(`# ${head.agent}\n`)) {
    throw new Error(`${file.pathname}: the prompt's first line must be "# ${head.agent}"`);
  }
  return {
    agent: head.agent,
    version: head.version,
    sha256: createHash('sha256').update(source).digest('hex'),
    text,
  };
}

/**
 * The step's input as the user message: JSON between delimiters. `<` is escaped, so that nothing in a goal
 * can close the delimiter: what stands inside is data, whatever it says.
 */
export function renderInput(input: object): string {
  return `<input>\n${JSON.stringify(input).replaceAll('<', '\\u003c')}\n</input>`;
}
