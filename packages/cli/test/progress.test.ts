import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { createProgress } from '../src/progress/progress.ts';
import { type Output, styleOf } from '../src/terminal.ts';
import { events } from './events.ts';

function screen(properties: Partial<Output>): { output: Output; text(): string } {
  const chunks: Buffer[] = [];
  const output = new PassThrough().on('data', (chunk: Buffer) => chunks.push(chunk));
  return { output: Object.assign(output, properties), text: () => Buffer.concat(chunks).toString() };
}

test('In a pipe each step and each module that finished is a plain line, free of control characters', () => {
  const { output, text } = screen({});
  const progress = createProgress(output, {});
  for (const event of events) progress.event(event);
  progress.note('module3 the model is slow');
  progress.end();
  expect(text()).toMatchInlineSnapshot(`
    "run  0b0f7a52-6c58-4a3e-9d4c-0d4b7a3f5e11  trace 4bf92f3577b34da6a3ce929d0e0e4736
       1 Success criteria  search_agent                      SearchAgent                 420 ms  412→230 tokens  found 4 sources
    ✔  1 Success criteria  done in 1.3 s, 412→230 tokens
    ✖  3 Expanded plan     expansion_evaluation p1-i2 c3     ItemEvaluator             1 min 05 s                  no answer
    module3 the model is slow
    "
  `);
});

test('On a terminal each module is a bar that ends as the run did', () => {
  const { output, text } = screen({ isTTY: true, columns: 100 });
  const progress = createProgress(output, { NO_COLOR: '1' });
  for (const event of events) progress.event(event);
  progress.end();
  const lines = stripVTControlCharacters(text()).trimEnd().split('\n').slice(-6);
  // The failed module never finished: what it shows is the time that has passed.
  expect(lines.map((line) => line.replace(/\d+ ms/, '… ms').trimEnd())).toMatchInlineSnapshot(`
    [
      "run 0b0f7a52-6c58-4a3e-9d4c-0d4b7a3f5e11",
      "✔ 1 Success criteria  ████████████████████   1     1.3 s",
      "  2 Plan outline",
      "✖ 3 Expanded plan     ████████████████████   1      … ms  expansion_evaluation p1-i2 c3 · no answer",
      "  4 Deficiencies",
      "  5 Final plan",
    ]
  `);
});

test('A warning on a terminal stands above the bars and stays', () => {
  const { output, text } = screen({ isTTY: true, columns: 100 });
  const progress = createProgress(output, { NO_COLOR: '1' });
  progress.note('module3 the model is slow');
  progress.end();
  expect(stripVTControlCharacters(text())).toContain('module3 the model is slow\n');
});

test('TERM=dumb is no terminal to draw on', () => {
  const { output, text } = screen({ isTTY: true });
  const progress = createProgress(output, { TERM: 'dumb' });
  for (const event of events) progress.event(event);
  progress.end();
  expect(text()).not.toContain('\u001b');
});

test.each([
  [{}, false, true],
  [{ NO_COLOR: '1' }, false, false],
  [{ NO_COLOR: '1', FORCE_COLOR: '1' }, false, false],
  [{ FORCE_COLOR: '0' }, false, false],
  [{ FORCE_COLOR: 'false' }, false, false],
  [{ FORCE_COLOR: '1' }, true, true],
  [{ FORCE_COLOR: '2' }, true, true],
  [{ FORCE_COLOR: '3' }, true, true],
  [{ TERM: 'dumb' }, false, false],
])('With %j a pipe has colours: %s, a terminal: %s', (env, pipe, terminal) => {
  const colours = (isTTY: boolean) => styleOf(screen({ isTTY }).output, env).isColorSupported;
  expect([colours(false), colours(true)]).toEqual([pipe, terminal]);
});
