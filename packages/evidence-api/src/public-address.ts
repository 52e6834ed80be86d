/** An http or https address as it may be told to anybody: without a login, query or trailing slash; null for any other text. */
export function publicAddress(given: string): string | null {
  if (!URL.canParse(given)) return null;
  const { protocol, origin, pathname } = new URL(given);
  return /^https?:$/.test(protocol) ? `${origin}${pathname.replace(/\/+$/, '')}` : null;
}
