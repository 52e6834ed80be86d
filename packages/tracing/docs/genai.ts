/**
 * The part of docs/genai.md that names and conventions say: each name of a span or a metric that is not Agento's own, and
 * where it is from. `pnpm tables` writes it; a test compares it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { genAiMetrics, type MetricDefinition, prometheusName } from '../src/metrics/index.ts';
import {
  attribute,
  event,
  libraryAttribute,
  libraryEvent,
  metricAttribute,
  resourceAttribute,
} from '../src/names.ts';
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

/** Every name that is written on a span, a metric or their resource. */
export const written = [
  ...new Set(
    [attribute, event, libraryAttribute, libraryEvent, metricAttribute, resourceAttribute].flatMap(
      (group): string[] => Object.values(group),
    ),
  ),
].sort();

/** Every metric. */
export const measured: MetricDefinition[] = Object.values(genAiMetrics);

/** Where the GenAI conventions have a name; undefined: nowhere. */
export function originOf(name: string): Origin | undefined {
  const { files, stability } = genAi;
  if (genAi.attributes.includes(name)) return { file: files.attributes, stability };
  if (genAi.events.includes(name)) return { file: files.events, stability };
  if (genAi.metrics.includes(name)) return { file: files.metrics, stability };
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
  return rowsOf([['name', 'what it is', 'from', 'stability', 'since'], ...rows]);
}

function rowsOf([head = [], ...rows]: string[][]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |\n`).join('');
}

function metricsTable(): string {
  const rows = measured.map((metric) => {
    const { name, instrument, unit, description, attributes } = metric;
    const code = (text: string) => `\`${text}\``;
    const { file = '', stability = '' } = originOf(name) ?? {};
    return [
      code(name),
      code(prometheusName(metric)),
      `${instrument}, ${code(unit)}`,
      description,
      attributes.map(code).join(', '),
      file,
      stability,
      since[name] ?? first,
    ];
  });
  const head = [
    'metric',
    'at `/metrics`',
    'instrument, unit',
    'what it is',
    'attributes',
    'from',
    'stability',
    'since',
  ];
  return rowsOf([head, ...rows]);
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
    `\n### Metrics\n\n${metricsTable()}`,
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
