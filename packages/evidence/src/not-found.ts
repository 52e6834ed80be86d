/** A trace does not exist or cannot be reached; the message says what was looked for and where. */
export class NotFoundError extends Error {
  override name = 'NotFoundError';
}
