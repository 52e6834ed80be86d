/** In characters. All is little: what is remembered outlives its span and is dear to collect. */
export const longestRemembered = 131_072;
const generation = 131_072;

/**
 * Remembers texts in which there is no secret (any more), the newest half a megabyte of them: a text that stands in
 * several fields is read once, and no secret is kept alive by having been redacted.
 */
export function createMemo() {
  // Two generations: texts are forgotten many at once, which costs less than one by one.
  let newer = new Set<string>();
  let older = new Set<string>();
  let size = 0;
  return {
    has: (text: string) => newer.has(text) || older.has(text),
    add(text: string) {
      if (text.length > longestRemembered) return;
      size += text.length;
      if (size > generation) {
        older = newer;
        newer = new Set();
        size = text.length;
      }
      newer.add(text);
    },
  };
}
