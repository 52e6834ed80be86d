import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tarball } from '../../deploy/npm/pack.ts';
import { unpackedBytes } from './unpacked.ts';

const file = join(import.meta.dirname, 'matrix.md');
const kilobytes = (bytes: number) => `${Math.round(bytes / 1000)} kB`;

const row = (cells: string[]) => `| ${cells.join(' | ')} |`;

/** What came of each case on each Node, and the sizes of the tarballs, as Markdown: printed, and kept in `matrix.md`. */
export function writeTable(results: Map<string, Map<string, string>>, tarballs: Tarball[]): void {
  const versions = [...new Set([...results.values()].flatMap((byNode) => [...byNode.keys()]))];
  const lines = [
    row(['case', ...versions.map((version) => `Node ${version}`)]),
    row(['---', ...versions.map(() => '---')]),
    ...[...results].map(([name, byNode]) =>
      row([name, ...versions.map((version) => byNode.get(version) ?? '')]),
    ),
    '',
    row(['tarball', 'packed', 'unpacked']),
    row(['---', '---', '---']),
    ...tarballs.map(({ name, file }) =>
      row([name, kilobytes(statSync(file).size), kilobytes(unpackedBytes(file))]),
    ),
    '',
  ];
  writeFileSync(file, lines.join('\n'));
  console.log(lines.join('\n'));
}
