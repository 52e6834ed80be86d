import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

export const backendNames = ['langfuse', 'tempo', 'datadog', 'honeycomb'] as const;
export type BackendName = (typeof backendNames)[number];

/** What a backend's documentation and source say of it. */
export interface Backend {
  /** Where that was read. */
  source: string[];
  read_on: string;
  /** What it shows, and the attributes it takes that from, the first that is there; `.*` stands for any end. */
  reads: Record<string, string[]>;
  /** Bytes of one value, span, trace or request, and what becomes of more. */
  limits: Partial<Record<'value' | 'span' | 'trace' | 'request', { bytes: number; over: 'cut' | 'refused' }>>;
}

export function backend(name: BackendName): Backend {
  return JSON.parse(readFileSync(new URL(`${name}.json`, import.meta.url), 'utf8'));
}

/** What deploy/collector/{name}.yaml does on the way to the backend. */
export interface Fragment {
  /** Attributes of spans it sets, each with the one it takes that from. */
  renames: { to: string; from: string }[];
  /** To how many bytes it cuts values, by default. */
  cuts: { of: 'span' | 'spanevent'; bytes: number; marked: boolean }[];
  /** Most bytes in one request; null: as the services send them. */
  request: number | null;
}

export function fragment(name: BackendName): Fragment {
  const file = new URL(`../../../../deploy/collector/${name}.yaml`, import.meta.url);
  // The collector puts in the default where a variable is not set.
  const text = readFileSync(file, 'utf8').replaceAll(/\$\{env:\w+:-([^}]*)\}/g, '$1');
  const { processors, exporters } = parse(text) as {
    processors: Record<string, { trace_statements: { statements: string[] }[] }>;
    exporters: Record<string, { sending_queue: { batch?: { max_size: number } } }>;
  };
  const statements = Object.values(processors)
    .flatMap(({ trace_statements }) => trace_statements)
    .flatMap((group) => group.statements);
  const rename = /^set\(span\.attributes\["([^"]+)"\], (?:span|spanevent)\.attributes\["([^"]+)"\]\)/;
  const cut = /^truncate_all\((span|spanevent)\.attributes, (\d+)\)/;
  return {
    renames: statements.flatMap((line) => {
      const [, to, from] = rename.exec(line) ?? [];
      return to && from ? [{ to, from }] : [];
    }),
    cuts: statements.flatMap((line) => {
      const [, of, bytes] = cut.exec(line) ?? [];
      if (of !== 'span' && of !== 'spanevent') return [];
      const mark = `set(${of}.attributes["agento.collector.cut"], true)`;
      return [{ of, bytes: Number(bytes), marked: statements.some((other) => other.startsWith(mark)) }];
    }),
    request: Object.values(exporters)[0]?.sending_queue.batch?.max_size ?? null,
  };
}

/** The first of the names that is among those there are; null if none is. */
export function firstOf(names: string[], there: ReadonlySet<string>): string | null {
  const isThere = (name: string) =>
    name.endsWith('.*') ? [...there].some((one) => one.startsWith(name.slice(0, -1))) : there.has(name);
  return names.find(isThere) ?? null;
}
