import { EnvironmentError, moduleInfo } from '@agento/contracts';
import { expect, test } from 'vitest';
import { readServiceSettings } from '../src/service-settings.ts';

const root = new URL('../../../', import.meta.url).pathname;

test("A service listens on its module's port and keeps its files in data at the repository's root.", () => {
  expect(readServiceSettings(moduleInfo(3), {})).toEqual({
    host: '127.0.0.1',
    port: 3003,
    nextUrl: null,
    dataDir: `${root}data`,
    runTimeoutMs: 1_800_000,
    maxRuns: 64,
    maxAttempts: 2,
    logLevel: 'info',
  });
});

test('The environment may say otherwise; an absolute folder stays as it is.', () => {
  const env = {
    AGENTO_HOST: '0.0.0.0',
    PORT: '0',
    AGENTO_NEXT_URL: 'http://module4:3004/',
    AGENTO_DATA_DIR: '/var/lib/agento',
    LOG_LEVEL: 'silent',
  };

  expect(readServiceSettings(moduleInfo(3), env)).toMatchObject({
    host: '0.0.0.0',
    port: 0,
    nextUrl: 'http://module4:3004',
    dataDir: '/var/lib/agento',
    logLevel: 'silent',
  });
});

test('A port that is no whole number is refused.', () => {
  expect(() => readServiceSettings(moduleInfo(1), { PORT: '3001.5' })).toThrow(EnvironmentError);
});
