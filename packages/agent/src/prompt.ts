import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';

/**
 * A prompt file: front matter with `agent`, `version` and optionally `includes`, then the system message in Markdown.
 * An include is a part shared by several prompts: `{{name}}`, alone on its line, is replaced with the file
 * `parts/name.md` next to the prompt or in this package.
 */
export interface Prompt {
  agent: string;
  version: string;
  /** SHA-256 of the file with its includes inserted, hex: a different text has a different hash. */
  sha256: string;
  text: string;
}

/** Reads a prompt file and its includes; throws an Error that names the file and what is missing. */
export function loadPrompt(file: URL): Prompt {
  return readPrompt(assemblePrompt(file), file.pathname);
}

/** A prompt in its file's form, with its includes in place; `name` is what errors call it. @throws Error */
export function readPrompt(source: string, name: string): Prompt {
  const { head, body } = partsOf(source, name);
  const text = body.trim();
  if (!text.startsWith(`# ${head.agent}\n`)) {
    throw new Error(`${name}: the prompt's first line must be "# ${head.agent}"`);
  }
  return {
    agent: head.agent,
    version: head.version,
    sha256: createHash('sha256').update(source).digest('hex'),
    text,
  };
}

/**
 * A prompt file with its includes in place; they may stand in further folders as well.
 *
 * @throws Error that names the file and what is missing
 */
export function assemblePrompt(file: URL, folders: readonly URL[] = []): string {
  const { front, head, body } = partsOf(readFileSync(file, 'utf8'), file.pathname);
  const inserted = assemble(body, head.includes ?? [], file, folders);
  return `---\n${front}\n---\n${inserted}`;
}

interface Head {
  agent: string;
  version: string;
  includes?: unknown;
}

function partsOf(source: string, name: string): { front: string; head: Head; body: string } {
  const [, front = '', body = ''] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(source) ?? [];
  const head = front === '' ? null : (parse(front) as Partial<Record<string, unknown>> | null);
  if (typeof head?.agent !== 'string' || typeof head.version !== 'string') {
    throw new Error(`${name}: a prompt begins with front matter that has agent and version`);
  }
  return { front, head: head as unknown as Head, body };
}

const place = /^\{\{(.*)\}\}$/gm;

/** Inserts the includes; the front matter and the text must name the same ones. */
function assemble(text: string, names: unknown, file: URL, folders: readonly URL[]): string {
  if (!Array.isArray(names) || names.some((name) => typeof name !== 'string')) {
    throw new Error(`${file.pathname}: includes must be a list of names`);
  }
  const placed = [...text.matchAll(place)].map(([, name]) => name);
  const [astray] = new Set<unknown>(names).symmetricDifference(new Set<unknown>(placed));
  if (astray !== undefined) {
    throw new Error(
      `${file.pathname}: each include must be listed under includes and placed as {{name}} on a line of its own; ${astray} is not`,
    );
  }
  return text.replace(place, (_whole, name: string) => readPart(name, file, folders));
}

function readPart(name: string, file: URL, folders: readonly URL[]): string {
  for (const folder of [new URL('parts/', file), new URL('../parts/', import.meta.url), ...folders]) {
    const part = new URL(`${name}.md`, folder);
    if (existsSync(part)) return readFileSync(part, 'utf8').trim();
  }
  throw new Error(`${file.pathname}: no parts/${name}.md to include`);
}

/**
 * The step's input as the user message: JSON between delimiters. `<` is escaped, so that nothing in a goal can close
 * the delimiter: whatever is inside remains data.
 */
export function renderInput(input: object): string {
  return `<input>\n${JSON.stringify(input).replaceAll('<', '\\u003c')}\n</input>`;
}
