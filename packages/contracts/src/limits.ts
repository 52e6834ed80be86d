/** Limits on what a caller may send, in bytes of UTF-8 (body: of JSON). */
export const limits = {
  goal: 16 * 1024,
  context: 256 * 1024,
  body: 1024 * 1024,
};
