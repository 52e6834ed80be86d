import { columnsOf } from './columns.ts';

/** The text in lines of at most `width` columns, broken at spaces; its own breaks stay, and long words are not cut. */
export function wrapped(text: string, width: number): string[] {
  return text.split('\n').flatMap((line) => {
    if (columnsOf(line) <= width) return [line];
    const [indent = ''] = /^ */.exec(line) ?? [];
    const lines: string[] = [];
    let current = '';
    for (const word of line.slice(indent.length).split(' ')) {
      const next = current === '' ? indent + word : `${current} ${word}`;
      if (columnsOf(next) > width && current !== '') {
        lines.push(current.trimEnd());
        current = indent + word;
      } else current = next;
    }
    return [...lines, current];
  });
}

/** The text as one line of at most `length` characters. */
export function shortened(text: string, length: number): string {
  const characters = [
    ...text
      .slice(0, 4 * length)
      .replaceAll(/\s+/g, ' ')
      .trim(),
  ];
  return characters.length > length || text.length > 4 * length
    ? `${characters.slice(0, Math.max(0, length - 1)).join('')}…`
    : characters.join('');
}
