import { describe, expect, test } from 'vitest';
import {
  EnvironmentError,
  flag,
  hostNames,
  keys,
  modelVariables,
  number,
  offlineVariables,
  optionalKey,
  optionalNumber,
  optionalUrl,
  readEnvironment,
  serviceVariables,
  type Variables,
} from '../src/index.ts';

function problemsOf(table: Variables, env: NodeJS.ProcessEnv): string[] {
  try {
    readEnvironment(table, env);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(EnvironmentError);
    return (error as EnvironmentError).problems;
  }
}

describe('Environment variables', () => {
  test('Unset ones have their defaults.', () => {
    expect(readEnvironment(serviceVariables, {})).toEqual({
      AGENTO_HOST: '127.0.0.1',
      PORT: null,
      AGENTO_ALLOWED_HOSTS: [],
      AGENTO_API_KEYS: [],
      AGENTO_HOP_KEY: null,
      AGENTO_ALLOW_ANONYMOUS: false,
      AGENTO_NEXT_URL: null,
      AGENTO_DATA_DIR: 'data',
      AGENTO_RUN_TIMEOUT_MS: 1_800_000,
      AGENTO_DATABASE_URL: null,
      AGENTO_MAX_RUNS: 64,
      AGENTO_MAX_QUEUED_RUNS: 16,
      AGENTO_MAX_QUEUE_SECONDS: 60,
      AGENTO_HOP_WAIT_MS: 60_000,
      AGENTO_RETENTION_DAYS: null,
      AGENTO_RETENTION_MB: null,
      AGENTO_MAX_ATTEMPTS: 2,
      AGENTO_GUARDRAILS: '',
      AGENTO_EVIDENCE: '',
      AGENTO_JAEGER_UI: null,
      AGENTO_JAEGER_AUTHORIZATION: '',
      AGENTO_LIMIT_CALLS: null,
      AGENTO_LIMIT_TOKENS: null,
      AGENTO_LIMIT_USD: null,
      AGENTO_LIMIT_SECONDS: null,
      LOG_LEVEL: 'info',
      NODE_USE_ENV_PROXY: '0',
      HTTP_PROXY: '',
      HTTPS_PROXY: '',
      NO_PROXY: '',
    });
    expect(readEnvironment(modelVariables, {})).toEqual({
      OPENAI_API_KEY: '',
      OPENAI_BASE_URL: null,
      AGENTO_MODEL: 'gpt-5-mini',
      AGENTO_PROVIDER: '',
      AGENTO_TEMPERATURE: null,
      AGENTO_SEED: null,
      AGENTO_MAX_TOKENS: null,
      AGENTO_CALL_SCHEMA: 'auto',
      AGENTO_LLM_CONCURRENCY: 32,
      AGENTO_LLM_TIMEOUT_MS: 120_000,
      AGENTO_LLM_RETRIES: 2,
      AGENTO_MAX_ANSWER_BYTES: 8_388_608,
      AGENTO_PRICES: '',
      AGENTO_SEARCH: 'model',
      AGENTO_SEARCH_MODEL: 'gpt-5-search-api',
    });
    expect(readEnvironment(offlineVariables, {})).toEqual({
      AGENTO_OFFLINE_PORT: 4010,
      AGENTO_OFFLINE_LATENCY_MS: 0,
      AGENTO_OFFLINE_LEDGER: false,
    });
  });

  test('Empty and blank ones count as unset, and blanks around a value are dropped.', () => {
    const table = { LOG_LEVEL: serviceVariables.LOG_LEVEL, PORT: serviceVariables.PORT };

    expect(readEnvironment(table, { LOG_LEVEL: '', PORT: '  ' })).toEqual({ LOG_LEVEL: 'info', PORT: null });
    expect(readEnvironment(table, { LOG_LEVEL: ' debug ', PORT: '3001\n' })).toEqual({
      LOG_LEVEL: 'debug',
      PORT: 3001,
    });
  });

  test('Every wrong one is named at once, with its value and what is allowed.', () => {
    const env = {
      PORT: 'http',
      AGENTO_NEXT_URL: 'localhost:3002',
      AGENTO_RUN_TIMEOUT_MS: '0',
      AGENTO_MAX_RUNS: '1e3',
      AGENTO_MAX_ATTEMPTS: '2.5',
      LOG_LEVEL: 'loud',
    };

    expect(problemsOf(serviceVariables, env)).toEqual([
      'PORT="http": must be a whole number from 0 to 65535',
      'AGENTO_NEXT_URL="localhost:3002": must be an http:// or https:// URL, or unset',
      'AGENTO_RUN_TIMEOUT_MS="0": must be a whole number from 1 to 86400000',
      'AGENTO_MAX_RUNS="1e3": must be a whole number from 1 to 10000',
      'AGENTO_MAX_ATTEMPTS="2.5": must be a whole number from 1 to 10',
      'LOG_LEVEL="loud": must be one of fatal, error, warn, info, debug, trace, silent',
    ]);
  });

  test('The error is readable as it stands: one line a variable.', () => {
    expect(() =>
      readEnvironment(modelVariables, { AGENTO_TEMPERATURE: '3', AGENTO_SEARCH: 'google' }),
    ).toThrow(
      'AGENTO_TEMPERATURE="3": must be a number from 0 to 2, or unset\nAGENTO_SEARCH="google": must be one of model, openai',
    );
  });

  test('A URL loses its trailing slashes; other schemes are refused.', () => {
    const table = { URL: optionalUrl('') };

    expect(readEnvironment(table, { URL: 'http://127.0.0.1:3002//' })).toEqual({
      URL: 'http://127.0.0.1:3002',
    });
    expect(problemsOf(table, { URL: 'ftp://host' })).toEqual([
      'URL="ftp://host": must be an http:// or https:// URL, or unset',
    ]);
  });

  test('A flag has four words for each side, in any case, and no others.', () => {
    const table = { FLAG: flag(false, '') };
    const read = (FLAG: string) => readEnvironment(table, { FLAG }).FLAG;

    expect(['1', 'true', 'YES', 'On'].map(read)).toEqual([true, true, true, true]);
    expect(['0', 'FALSE', 'no', 'off'].map(read)).toEqual([false, false, false, false]);
    expect(problemsOf(table, { FLAG: 'perhaps' })).toEqual([
      'FLAG="perhaps": must be 1, true, yes or on; or 0, false, no or off',
    ]);
  });

  test('Keys are several with commas between; a wrong one is named without being shown.', () => {
    const table = { KEYS: keys(''), KEY: optionalKey('') };
    const good = 'first-of-the-keys';

    expect(readEnvironment(table, {})).toEqual({ KEYS: [], KEY: null });
    expect(readEnvironment(table, { KEYS: ` ${good}, a-b.c_d~e+f/0123==`, KEY: good })).toEqual({
      KEYS: [good, 'a-b.c_d~e+f/0123=='],
      KEY: good,
    });
    const wrong =
      'KEYS: each key must have at least 16 characters (letters, digits, . _ ~ + / -), at least 6 of them different';
    const weak = ['short', ',', `${good},`, `${good},short`, 'x'.repeat(40), `${good} ${good}`, `${good}é`];
    for (const KEYS of weak) {
      expect(problemsOf(table, { KEYS })).toEqual([wrong]);
    }
    expect(problemsOf(table, { KEY: `${good},${good}` })).toEqual(['KEY: must be one key, without a comma']);
  });

  test('Host names are several with commas between, with or without a port, and nothing else.', () => {
    const table = { HOSTS: hostNames('') };

    expect(readEnvironment(table, { HOSTS: 'Agento.example, module1:3001,[::1]:80,' })).toEqual({
      HOSTS: ['agento.example', 'module1:3001', '[::1]:80'],
    });
    for (const HOSTS of ['http://agento.example', 'a b', 'user@host', 'host/path', '*', 'host:port']) {
      expect(problemsOf(table, { HOSTS })).toHaveLength(1);
    }
  });

  test('A number may be 0 or a decimal; an unset one is its default, or null where it is optional.', () => {
    const table = { RATE: number(1, [0, 1], ''), SEED: optionalNumber([0, 10], '') };

    expect(readEnvironment(table, { RATE: '0', SEED: '0' })).toEqual({ RATE: 0, SEED: 0 });
    expect(readEnvironment(table, { RATE: '0.25' })).toEqual({ RATE: 0.25, SEED: null });
    expect(problemsOf(table, { RATE: '1.1', SEED: '-1' })).toEqual([
      'RATE="1.1": must be a number from 0 to 1, or unset',
      'SEED="-1": must be a number from 0 to 10, or unset',
    ]);
  });
});
