import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadTrace } from '@agento/evidence';
import { type Receiver, startReceiver } from '@agento/receiver';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { installInto } from './install-into.ts';
import { everyNode, type Node } from './nodes.ts';
import { blocksOf, blockWith } from './readme.ts';
import { run } from './run.ts';
import { writeTable } from './table.ts';
import { tools } from './tools.ts';
import { versionsOfWorkspace } from './workspace.ts';

const [tooOld, ...nodes] = everyNode() as [Node, ...Node[]];
const newest = nodes.at(-1) as Node;
const results = new Map<string, Map<string, string>>();

/** A stranger's folder, with the packages and what they are used together with. */
let folder: string;
let receiver: Receiver;
let dataDir: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'agento-stranger-'));
  dataDir = join(folder, 'data');
  const of = versionsOfWorkspace();
  installInto(folder, {
    '@agento/tracing': '*',
    '@agento/delivery': '*',
    '@agento/redaction': '*',
    '@opentelemetry/sdk-node': of('@opentelemetry/sdk-node'),
    '@types/node': of('@types/node'),
    typescript: of('typescript'),
    vitest: of('vitest'),
    esbuild: tools.esbuild,
    'typescript-5': tools['typescript-5'],
  });
  cpSync(join(import.meta.dirname, 'cases'), folder, { recursive: true });
  writeFileSync(join(folder, 'quick-start.mjs'), quickStart());
  receiver = await startReceiver({ host: '127.0.0.1', port: 0, directory: join(dataDir, 'traces') });
});
afterEach(({ task }) => {
  const [name = '', version = ''] = task.name.split(', on Node ');
  const well = version === tooOld.version ? 'too old' : 'ok';
  const outcome = task.result?.state === 'fail' ? 'FAILED' : well;
  const byNode = results.get(name) ?? new Map<string, string>();
  results.set(name, byNode.set(version || newest.version, outcome));
});
afterAll(async () => {
  await receiver.close();
  writeTable(results, inject('tarballs'));
  rmSync(folder, { recursive: true });
});

const quickStart = () =>
  blockWith(blocksOf(folder, '@agento/tracing', 'ts'), 'initializeTracing({ serviceName');

/** The spans of the trace whose id was printed, by name, as the receiver kept them. */
async function received(output: string): Promise<Map<string, Record<string, unknown>>> {
  const [, traceId = ''] = /^trace ([0-9a-f]{32})$/m.exec(output) ?? [];
  const { spans } = await loadTrace(traceId, { dataDir });
  return new Map(spans.map(({ name, attributes }) => [name, attributes]));
}

describe(`Node ${tooOld.version}, older than \`engines\` allows`, () => {
  test(`JavaScript: the README’s trace arrives at a collector, on Node ${tooOld.version}`, async () => {
    await expect(run(tooOld.program, ['quick-start.mjs'], folder)).rejects.toThrow('is not a function');
  });
});

describe.each(nodes)('Node $version', ({ program, version }) => {
  const on = `, on Node ${version}`;
  const toReceiver = () => ({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });

  test(`JavaScript: the README’s trace arrives at a collector${on}`, async () => {
    const { output, errors } = await run(program, ['quick-start.mjs'], folder, toReceiver());
    expect(errors).toBe('');
    const spans = await received(output);
    expect([...spans.keys()].sort()).toEqual(['planner.analyze_query', 'tool.search_engine']);
  });

  test(`JavaScript: the README’s trace on the console${on}`, async () => {
    const { output } = await run(program, ['quick-start.mjs'], folder, { OTEL_TRACES_EXPORTER: 'console' });
    const shown = blockWith(blocksOf(folder, '@agento/tracing', ''), 'gen_ai.tool.call.arguments');
    expect(output).toContain(shown.trim());
  });

  test(`CommonJS: require gives the same functions${on}`, async () => {
    expect(await run(program, ['required.cjs'], folder)).toEqual({
      output: 'tool.search_engine {"api_key":"***REDACTED***"} function function\n',
      errors: '',
    });
  });

  test(`Vitest: a test collects spans${on}`, async () => {
    const { output } = await run(program, ['node_modules/vitest/vitest.mjs', 'run'], folder);
    expect(output).toMatch(/Tests\s+1 passed/);
  });

  test(`esbuild: one file without node_modules sends the trace${on}`, async () => {
    const alone = mkdtempSync(join(tmpdir(), 'agento-bundle-'));
    try {
      const options = [
        '--bundle',
        '--platform=node',
        '--format=esm',
        `--outfile=${join(alone, 'agent.mjs')}`,
      ];
      execFileSync(
        join(folder, 'node_modules/.bin/esbuild'),
        ['quick-start.mjs', '--log-level=warning', ...options],
        {
          cwd: folder,
        },
      );
      const { output, errors } = await run(program, ['agent.mjs'], alone, toReceiver());
      expect(errors).toBe('');
      expect((await received(output)).size).toBe(2);
    } finally {
      rmSync(alone, { recursive: true });
    }
  });

  test(`@agento/delivery alone, in a NodeSDK${on}`, async () => {
    writeFileSync(
      join(folder, 'delivery.mjs'),
      blockWith(blocksOf(folder, '@agento/delivery', 'ts'), 'NodeSDK'),
    );
    const spool = join(folder, `spool-${version}`);
    const { output } = await run(program, ['delivery.mjs'], folder, {
      TRACES_URL: `${receiver.url}/v1/traces`,
      SPOOL: spool,
    });
    expect(output).toBe('{"ended":1,"adopted":0,"exported":1,"spooled":0}\n');
  });

  test(`@agento/redaction alone, in a NodeSDK${on}`, async () => {
    writeFileSync(
      join(folder, 'redaction.mjs'),
      blockWith(blocksOf(folder, '@agento/redaction', 'ts'), 'NodeSDK'),
    );
    const { output } = await run(program, ['redaction.mjs'], folder, { PAY_API_KEY: 'of-the-cash-desk-1' });
    expect(output).toContain("prompt: 'Log in as ann, password: ***REDACTED***, and pay 12.50.'");
  });
});

describe('strict TypeScript', () => {
  const ways = { nodenext: {}, bundler: { module: 'esnext', moduleResolution: 'bundler' } };
  const cases = (['nodenext', 'bundler'] as const).flatMap((way) => [
    { compiler: 'typescript', way, exact: true },
    { compiler: 'typescript', way, exact: false },
    // Slow: one of the two.
    { compiler: 'typescript-5', way, exact: way === 'nodenext' },
  ]);

  test.each(cases)('Strict $compiler, $way, exactOptionalPropertyTypes $exact', async (given) => {
    const project = join(folder, `${given.compiler}-${given.way}-${given.exact}`);
    mkdirSync(project);
    const compilerOptions = {
      target: 'es2022',
      module: 'nodenext',
      strict: true,
      noEmit: true,
      noUncheckedIndexedAccess: true,
      noPropertyAccessFromIndexSignature: true,
      noImplicitOverride: true,
      skipLibCheck: false,
      exactOptionalPropertyTypes: given.exact,
      types: ['node'],
      ...ways[given.way],
    };
    const files = ['../strict.mts'];
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
    const compiler = join(folder, 'node_modules', given.compiler, 'bin/tsc');
    expect(await run(newest.program, [compiler, '--project', project], folder)).toEqual({
      output: '',
      errors: '',
    });
  });
});
