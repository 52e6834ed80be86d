import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { agreement } from '../src/agreement.ts';
import { testTerminal } from './test-terminal.ts';

/** A terminal on which these chunks are typed; without any, nothing is. */
function typing(chunks: string[], interrupted?: AbortSignal) {
  const { terminal } = testTerminal(interrupted ? { interrupted } : {});
  const stdin = chunks.length > 0 ? Readable.from(chunks) : new Readable({ read() {} });
  return { ...terminal, stdin: Object.assign(stdin, { isTTY: true }) };
}

test.each<[string[], boolean]>([
  [['y\n'], true],
  [['Y', 'es\n'], true],
  [['\n'], false],
  [['no\n'], false],
  [['yesterday\n'], false],
])('%j typed is %s', async (chunks, agreed) => {
  expect(await agreement(typing(chunks), 'Go on?')).toBe(agreed);
});

test('Ctrl-C is a no, and nothing is read any more', async () => {
  const interrupt = new AbortController();
  const terminal = typing([], interrupt.signal);
  const asked = agreement(terminal, 'Go on?');
  setImmediate(() => interrupt.abort());

  expect([await asked, terminal.stdin.destroyed]).toEqual([false, true]);
});

test('where nobody types, nobody is asked', async () => {
  expect(await agreement(testTerminal({ stdin: 'y\n' }).terminal, 'Go on?')).toBeNull();
});
