/**
 * The part of docs/genai.md that names and conventions say: each name of a span that is not Agento's own, and where it is
 * from. `pnpm tables` writes it; a test compares it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { attribute, event, libraryAttribute, libraryEvent, resourceAttribute } from '../src/names.ts';
import core from '../test/semconv/core.json' with { type: 'json' };
import genAi from '../test/semconv/gen-ai.json' with { type: 'json' };

export const page = new URL('../../../docs/genai.md', import.meta.url);
export const marker = '<!-- the rest is written by `pnpm tables` -->\n';

/** Where a name is from. */
export interface Origin {
  file: string;
  stability: string;
}

/** The version of Agento that a name was first written by; of all others: `first`. */
const since: Record<string, string> = {};
const first = '1.1.0';

/** The other conventions that names are from, each with the stability of those that are written. */
export const others: { name: string; version: string; source: string; attributes: Record<string, string> }[] =
  [core];

const old: Record<string, string> = genAi.deprecated;

/** Every name that is written on a span or its resource. */
export const written = [
  ...new Set(
    [attribute, event, libraryAttribute, libraryEvent, resourceAttribute].flatMap((group): string[] =>
      Object.values(group),
    ),
  ),
].sort();

/** Where the GenAI conventions have a name; undefined: nowhere. */
export function originOf(name: string): Origin | undefined {
  const { files, stability } = genAi;
  if (genAi.attributes.includes(name)) return { file: files.attributes, stability };
  if (genAi.events.includes(name)) return { file: files.events, stability };
  const newer = old[name];
  if (newer) return { file: files.attributes, stability: `deprecated: \`${newer}\`` };
  return undefined;
}

/** What each name means, as its line in names.ts says. */
function meanings(): Map<string, string> {
  const source = readFileSync(new URL('../src/names.ts', import.meta.url), 'utf8');
  const entries = source.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s+\w+: '([^']+)'/g);
  const plain = (comment: string) => comment.replace(/\s*\n\s*\*\s*/g, ' ').trim();
  return new Map([...entries].map(([, comment = '', name = '']) => [name, plain(comment)]));
}

function table(names: string[], originOf: (name: string) => Origin | undefined): string {
  const said = meanings();
  const rows = names.map((name) => {
    const { file = '', stability = '' } = originOf(name) ?? {};
    return [`\`${name}\``, said.get(name) ?? '', file, stability, since[name] ?? first];
  });
  return [['name', 'what it is', 'from', 'stability', 'since'], ['---', '---', '---', '---', '---'], ...rows]
    .map((row) => `| ${row.join(' | ')} |\n`)
    .join('');
}

export function markdown(): string {
  const section = ({ name, version, source }: typeof genAi | (typeof others)[number], table: string) =>
    `\n## ${name}\n\n[v${version}](${source})\n\n${table}`;
  return [
    section(
      genAi,
      table(
        written.filter((name) => name.startsWith('gen_ai.')),
        originOf,
      ),
    ),
    ...others.map((convention) => {
      const { attributes } = convention;
      const known = written.filter((name) => name in attributes);
      const origin = (name: string) => ({
        file: `${name.split('.')[0]} attributes`,
        stability: attributes[name] ?? '',
      });
      return section(convention, table(known, origin));
    }),
  ].join('');
}

if (import.meta.main) {
  const [before = ''] = readFileSync(page, 'utf8').split(marker);
  writeFileSync(page, before + marker + markdown());
}
