/** Controls except line feed and tab, bidirectional controls, and invisible characters (also tags, from U+E0000 on). */
const unseen = /[^\P{Cc}\n\t]|\p{Bidi_Control}|[\u200b\u2060-\u2064\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/**
 * How text affected by the changes below begins or, beyond Latin letters, may begin; most texts contain none of it.
 * Without the flag `i`, which makes it three times as slow.
 */
const suspect = /[^\n\t -~\u00a0-\u024f\u2010-\u2027]|<[a-zA-Z/!?]|!\[|\][(:]|[sS][cC][rR][iI][pP][tT]:/;

/**
 * Markdown by a user or a model that can only display text, wherever it is shown: no HTML, nothing loaded from
 * elsewhere, no links except http and https, no controls. Emphasis, lists, tables and code stay.
 */
export function harmless(text: string): string {
  return closed(suspect.test(text) ? disarmed(text) : text);
}

/** A line that begins or ends a block of code. */
const fence = /^ {0,3}(`{3,}|~{3,})([^\n]*)$/gm;

/** A block of code left open by a text would swallow the rest of the document. */
function closed(text: string): string {
  if (!text.includes('```') && !text.includes('~~~')) return text;
  let open = '';
  for (const [, marks = '', rest = ''] of text.matchAll(fence)) {
    if (open === '') {
      // A backtick after the marks makes it inline code.
      if (marks.startsWith('~') || !rest.includes('`')) open = marks;
    } else if (marks[0] === open[0] && marks.length >= open.length && rest.trim() === '') open = '';
  }
  return open === '' ? text : `${text}\n${open}`;
}

function disarmed(text: string): string {
  let inCode = false;
  return (
    text
      .replace(/\r\n?/g, '\n')
      .replace(/[\u0085\u2028\u2029]/g, ' ')
      .replace(unseen, '')
      // CommonMark reads `<` before these as HTML or an address. Between backticks an entity would be shown literally;
      // where code begins is guessed, and both ways are harmless.
      .replace(/`+|<(?=[a-z/!?])/gi, (found) => {
        if (found === '<') return inCode ? '< ' : '&lt;';
        inCode = !inCode;
        return found;
      })
      // Each of these pairs has a meaning together: an image, a link, a link's definition, a scheme.
      .replace(/!(?=\[)/g, '! ')
      .replace(/\](?=\((?!https?:\/\/))/gi, '] ')
      .replace(/\](?=:(?!\s*https?:\/\/))/gi, '] ')
      .replace(/(javascript|vbscript)(?=:\S)/gi, '$1 ')
  );
}

/** Every text in the value, made harmless. */
export function harmlessIn<T>(value: T): T {
  if (typeof value === 'string') return harmless(value) as T;
  if (Array.isArray(value)) return value.map(harmlessIn) as T;
  if (value === null || typeof value !== 'object') return value;
  const copy = { ...value };
  for (const key in copy) copy[key] = harmlessIn(copy[key]);
  return copy;
}
