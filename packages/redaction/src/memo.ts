/** Texts from this length on are remembered by size in bytes, shorter ones by their number. */
const memorable = 512;
const shortTexts = 4_096;
/** Little, since what is remembered outlives its span and is dear to collect: prompts, and what a step says twice. */
const memoBytes = 512 * 1024;
/** Characters of a text that tell it from others of its length. */
const samples = 32;

/**
 * Remembers texts in which there is no secret (any more), the newest of them up to `memoBytes`: a text that
 * stands in several fields is read once, and no secret is kept alive by having been redacted.
 */
export function createMemo() {
  // By length and a few characters: hashing a whole new text costs a good part of reading it.
  const texts = new Map<number, string>();
  // Names, ids and the like stand on every span; forgetting them all at once keeps this simple and bounded.
  const short = new Set<string>();
  let bytes = 0;
  const sample = (text: string) => {
    const stride = (text.length - 1) / samples;
    let key = text.length;
    for (let index = 0; index <= samples; index += 1) {
      key = (Math.imul(key, 31) + text.charCodeAt(Math.floor(index * stride))) | 0;
    }
    return key;
  };
  const drop = (key: number) => {
    bytes -= (texts.get(key)?.length ?? 0) * 2;
    texts.delete(key);
  };
  return {
    has: (text: string) => (text.length < memorable ? short.has(text) : texts.get(sample(text)) === text),
    add(text: string) {
      if (text.length < memorable) {
        if (short.size >= shortTexts) short.clear();
        short.add(text);
        return;
      }
      if (text.length * 2 > memoBytes) return;
      const key = sample(text);
      drop(key);
      texts.set(key, text);
      bytes += text.length * 2;
      for (const oldest of texts.keys()) {
        if (bytes <= memoBytes) break;
        drop(oldest);
      }
    },
  };
}
