import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EnvironmentError, moduleInfo } from '@agento/contracts';
import { expect, test } from 'vitest';
import { readServiceSettings } from '../src/service-settings.ts';

const root = new URL('../../../', import.meta.url).pathname;

test("A service listens on its module's port and keeps its files in data at the repository's root.", () => {
  expect(readServiceSettings(moduleInfo(3), {})).toEqual({
    host: '127.0.0.1',
    port: 3003,
    allowedHosts: [],
    apiKeys: [],
    hopKey: null,
    nextUrl: null,
    dataDir: `${root}data`,
    evidence: `${root}data`,
    jaegerUi: null,
    runTimeoutMs: 1_800_000,
    maxRuns: 64,
    maxQueued: 16,
    maxQueueSeconds: 60,
    hopWaitMs: 60_000,
    databaseUrl: null,
    retention: { olderThanMs: null, moreThanBytes: null },
    limits: {},
    maxAttempts: 2,
    guardrails: null,
    logLevel: 'info',
  });
});

test('The environment may say otherwise; an absolute folder stays as it is.', () => {
  const env = {
    AGENTO_HOST: '0.0.0.0',
    AGENTO_ALLOWED_HOSTS: 'module3, agento.example:443',
    AGENTO_API_KEYS: 'first-of-the-keys,second-of-the-keys',
    AGENTO_HOP_KEY: 'key-between-the-modules',
    PORT: '0',
    AGENTO_NEXT_URL: 'http://module4:3004/',
    AGENTO_DATA_DIR: '/var/lib/agento',
    AGENTO_EVIDENCE: 'http://jaeger:16686/',
    AGENTO_JAEGER_AUTHORIZATION: 'Bearer word-for-jaeger',
    AGENTO_JAEGER_UI: 'https://traces.example/jaeger/',
    AGENTO_DATABASE_URL: 'postgres://agento:secret@db:5432/runs',
    AGENTO_MAX_QUEUED_RUNS: '0',
    AGENTO_MAX_QUEUE_SECONDS: '5',
    AGENTO_HOP_WAIT_MS: '0',
    AGENTO_RETENTION_DAYS: '2',
    AGENTO_RETENTION_MB: '3',
    LOG_LEVEL: 'silent',
  };

  expect(readServiceSettings(moduleInfo(3), env)).toMatchObject({
    host: '0.0.0.0',
    allowedHosts: ['module3', 'agento.example:443'],
    apiKeys: ['first-of-the-keys', 'second-of-the-keys'],
    hopKey: 'key-between-the-modules',
    port: 0,
    nextUrl: 'http://module4:3004',
    dataDir: '/var/lib/agento',
    evidence: { url: 'http://jaeger:16686', authorization: 'Bearer word-for-jaeger' },
    jaegerUi: 'https://traces.example/jaeger',
    databaseUrl: 'postgres://agento:secret@db:5432/runs',
    maxQueued: 0,
    maxQueueSeconds: 5,
    hopWaitMs: 0,
    retention: { olderThanMs: 172_800_000, moreThanBytes: 3_145_728 },
    logLevel: 'silent',
  });
});

test('A port that is no whole number is refused.', () => {
  expect(() => readServiceSettings(moduleInfo(1), { PORT: '3001.5' })).toThrow(EnvironmentError);
});

test('Guardrails are read at start, and a file that cannot be used is refused with everything that is wrong in it.', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'guardrails-'));
  const file = join(folder, 'guardrails.yaml');
  const settings = () => readServiceSettings(moduleInfo(3), { AGENTO_GUARDRAILS: file });
  try {
    expect(settings).toThrow(`AGENTO_GUARDRAILS: ${file}: it cannot be read: no such file or folder`);
    await writeFile(
      file,
      `version: 1
guardrails:
  - { id: high, description: A limit, action: warn, steps: [expansion_evaluation], check: { kind: number, field: rating } }`,
    );
    expect(settings).toThrow(
      new EnvironmentError([
        `AGENTO_GUARDRAILS: ${file}: high (/guardrails/0/check/field): the answer of expansion_evaluation has no rating: it has reasoning, score`,
        `AGENTO_GUARDRAILS: ${file}: high (/guardrails/0/check): needs least, most or both`,
      ]),
    );
    await writeFile(file, (await readFile(file, 'utf8')).replace('rating', 'score, least: 5'));
    expect(settings().guardrails?.all).toMatchObject([{ id: 'high', action: 'warn' }]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
