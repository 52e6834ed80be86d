import { afterEach, describe, expect, test, vi } from 'vitest';
import { formats } from '../src/by-look/formats.ts';
import * as whole from '../src/index.ts';
import { samplesOf } from './format-samples.ts';
import { type Leak, leaks } from './leaks.ts';

const formatsModule = '../src/by-look/formats.ts';

afterEach(() => {
  for (const module of [formatsModule, ...leaks.map(({ module }) => `../src/${module}`)]) vi.doUnmock(module);
});

/** The library anew, without what is mocked. */
async function reduced(): Promise<typeof whole> {
  vi.resetModules();
  return await import('../src/index.ts');
}

async function read({ text, read }: Leak, library: typeof whole): Promise<string> {
  return read ? await read(library, text) : library.createRedactor({ secrets: [] }).text(text).text;
}

describe('every reader is there for a leak', () => {
  test.each(leaks)('$reader', async (leak) => {
    expect(await read(leak, whole)).not.toContain(leak.secret);
    vi.doMock(`../src/${leak.module}`, async (importActual) => leak.without(await importActual()));
    expect(await read(leak, await reduced())).toContain(leak.secret);
  });
});

describe('every format is there for a leak', () => {
  const redactor = whole.createRedactor({ secrets: [] });

  test.each(formats)('$rule $pattern', async (format) => {
    const before = format.begins === 'anywhere' ? 'key' : '';
    const texts = samplesOf(format).map((sample) => `It is ${before}${sample} here.`);
    for (const text of texts) expect(redactor.text(text).text).toBe(`It is ${before}***REDACTED*** here.`);
    vi.doMock(formatsModule, () => ({ formats: formats.filter((other) => other !== format) }));
    const without = (await reduced()).createRedactor({ secrets: [] });
    expect(texts.filter((text) => without.text(text).count === 0)).not.toEqual([]);
  });
});
