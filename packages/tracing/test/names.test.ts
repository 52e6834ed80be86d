import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import {
  attribute,
  event,
  libraryAttribute,
  libraryEvent,
  metric,
  metricAttribute,
  resourceAttribute,
} from '../src/names.ts';

const packages = path.resolve(import.meta.dirname, '..', '..');
const groups = [attribute, event, libraryAttribute, libraryEvent, metric, metricAttribute, resourceAttribute];
const known = new Set(groups.flatMap((group): string[] => Object.values(group)));
/** A name that is no word of the language, or that can only be one of a span. */
const isName = (text: string) =>
  (/[._]/.test(text) && known.has(text)) || /^(?:agento|gen_ai|guardrail|url)\.\w/.test(text);

/** Every name of a span that a file has a text of its own for. */
function namesIn(file: string): string[] {
  const source = readFileSync(path.join(packages, file), 'utf8')
    .replace(/^\s*(?:\/?\*|\/\/).*$/gm, '')
    // Keys of a process's own, which leave it nowhere.
    .replace(/(?:Symbol|createContextKey)\('[^']*'\)/g, '');
  return [...source.matchAll(/['`]([\w.]+)(?=['`]|\$\{)/g)].map(([, text = '']) => text).filter(isName);
}

test('Names of attributes, events and metrics stand in names.ts alone.', () => {
  const files = globSync('*/src/**/*.ts', { cwd: packages })
    // Contracts write no span; evidence and its tables read with names of their own; delivery and redaction see spans of any
    // program.
    .filter(
      (file) =>
        !/^(?:contracts|evidence|evidence-store)\/|(?:^|\/)(?:delivery|redaction)\/|^tracing\/src\/names\.ts$/.test(
          file,
        ),
    );
  const astray = files
    .map((file) => ({ file, names: namesIn(file) }))
    .filter(({ names }) => names.length > 0);

  expect(astray).toEqual([]);
});

test('No name stands in names.ts twice.', () => {
  for (const group of groups) expect(new Set(Object.values(group)).size).toBe(Object.keys(group).length);
});
