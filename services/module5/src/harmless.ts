/** Controls but line feed and tab, what turns the direction of text, and what nobody sees (also tags, U+E0000 on). */
const unseen = /[^\P{Cc}\n\t]|\p{Bidi_Control}|[\u200b\u2060-\u2064\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/**
 * Markdown of a user or a model that does nothing but say something, wherever it is shown: no HTML, nothing that is
 * loaded from elsewhere, no link but to http and https, no control. Emphasis, lists, tables and code stay.
 */
export function harmless(text: string): string {
  const visible = text
    .replace(/\r\n?/g, '\n')
    .replace(/[\u0085\u2028\u2029]/g, ' ')
    .replace(unseen, '');
  // Between backticks an entity would be read as it stands. Which they are is guessed: both ways are harmless.
  return visible
    .split(/(`+)/)
    .map((part, at) => inert(part, at % 4 === 2 ? '< ' : '&lt;'))
    .join('');
}

/** Every text in the value, made harmless. */
export function harmlessIn<T>(value: T): T {
  if (typeof value === 'string') return harmless(value) as T;
  if (Array.isArray(value)) return value.map(harmlessIn) as T;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, harmlessIn(entry)])) as T;
}

/** CommonMark reads `<` before a letter, `/`, `!` or `?` as HTML or an address; a blank in between undoes each pair. */
function inert(text: string, openAngle: string): string {
  return text
    .replace(/<(?=[a-z/!?])/gi, openAngle)
    .replace(/!(?=\[)/g, '! ')
    .replace(/\](?=\((?!https?:\/\/))/gi, '] ')
    .replace(/\](?=:(?!\s*https?:\/\/))/gi, '] ')
    .replace(/(javascript|vbscript)(?=:\S)/gi, '$1 ');
}
