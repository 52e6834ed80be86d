import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from '@agento/files/home';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { planSystem } from '../src/system/plan.ts';
import { agento } from './test-terminal.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'agento-variables-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('start names every wrong variable of every process in one list, and starts nothing', async () => {
  await writeFile(path.join(folder, 'prices.json'), '{"m": {"input": "cheap"}}');
  const { exitCode, stdout, stderr } = await agento(['start', 'x', '--port-base', '0'], {
    env: {
      AGENTO_DATA_DIR: path.join(folder, 'data'),
      AGENTO_TEMPERATURE: 'hot',
      AGENTO_LLM_CONCURRENCY: '-1',
      AGENTO_OFFLINE_LATENCY_MS: 'long',
      AGENTO_HOST: '0.0.0.0',
      AGENTO_API_KEY: 'short',
      AGENTO_PRICES: path.join(folder, 'prices.json'),
      NODE_USE_ENV_PROXY: '1',
      http_proxy: 'proxy:3128',
      OTEL_BSP_SCHEDULE_DELAY: 'soon',
      OTEL_EXPORTER_OTLP_HEADERS: 'no header',
      OTEL_SERVICE_NAME: 'mine',
    },
  });
  expect([exitCode, stdout, await readdir(folder)]).toEqual([2, '', ['prices.json']]);
  expect(stderr.replaceAll(/^(✖ \w+).*/gm, '$1')).toBe(
    [
      '✖ AGENTO_TEMPERATURE',
      '✖ AGENTO_LLM_CONCURRENCY',
      '✖ AGENTO_API_KEY',
      '✖ AGENTO_OFFLINE_LATENCY_MS',
      '✖ OTEL_BSP_SCHEDULE_DELAY',
      '✖ OTEL_SERVICE_NAME',
      '✖ OTEL_EXPORTER_OTLP_HEADERS',
      '✖ HTTP_PROXY',
      '✖ HTTPS_PROXY',
      '✖ AGENTO_HOST',
      '✖ AGENTO_PRICES',
      '',
    ].join('\n'),
  );
});

test.each([
  [
    'none.json',
    `must be JSON or a file of it; ${path.join(root, 'none.json')} cannot be read: no such file or folder`,
  ],
  [
    'packages',
    `must be JSON or a file of it; ${path.join(root, 'packages')} cannot be read: it is a folder, not a file`,
  ],
  ['{"m": 1}', 'm needs the numbers input and output, in USD per million tokens'],
])('AGENTO_PRICES=%s is refused, and a file is looked for where the services do', async (prices, why) => {
  const { exitCode, stderr } = await agento(['start', 'x'], { env: { AGENTO_PRICES: prices } });
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining(why)]);
});

test('What belongs to one service alone is said not to be used', async () => {
  const { notes } = await planSystem({ PORT: '80', AGENTO_NEXT_URL: 'http://elsewhere' }, 5001);
  expect(notes).toEqual(['PORT, AGENTO_NEXT_URL: not used, each module gets its own (ports: --port-base)']);
});
