/** In characters. Small, since entries outlive their span and are expensive to collect. */
export const longestRemembered = 262_144;

/**
 * Remembers texts without secrets (or without any more), up to half a megabyte of them: a text in several fields is
 * read once, and no secret is kept alive by having been redacted.
 */
export function createMemo() {
  const texts = new Set<string>();
  let size = 0;
  return {
    has: (text: string) => texts.has(text),
    add(text: string) {
      if (text.length > longestRemembered) return;
      size += text.length;
      if (size > longestRemembered) {
        // All at once: that is simple, and reading each once more costs little.
        texts.clear();
        size = text.length;
      }
      texts.add(text);
    },
  };
}
