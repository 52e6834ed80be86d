import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The blocks of code in the README of a package as it was installed into the folder, by their language. */
export function blocksOf(folder: string, name: string, language: string): string[] {
  const readme = readFileSync(join(folder, 'node_modules', name, 'README.md'), 'utf8');
  return [...readme.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].flatMap(([, kind, block = '']) =>
    kind === language ? [block] : [],
  );
}

/** The block that the text is in; throws if there is none. */
export function blockWith(blocks: string[], text: string): string {
  const found = blocks.find((block) => block.includes(text));
  if (found === undefined) throw new Error(`The README has no block with ${JSON.stringify(text)}`);
  return found;
}
