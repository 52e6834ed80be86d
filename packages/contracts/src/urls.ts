/** The URL of a path below a base: the base's path is kept before it, the base's query after it. */
export function urlBelow(base: string, path: string): string {
  const url = new URL(base);
  url.pathname = url.pathname.replace(/\/+$/, '') + path;
  return url.href;
}

/** The address without its user and password: `fetch` rejects an address that has them. */
export function withoutUser(url: string): URL {
  return Object.assign(new URL(url), { username: '', password: '' });
}

/** The authorization header for an address's user and password; empty if it has none. */
export function basicAuthorization(url: string): { authorization?: string } {
  const { username, password } = new URL(url);
  if (!username && !password) return {};
  const user = [username, password].map(decodeURIComponent).join(':');
  return { authorization: `Basic ${Buffer.from(user).toString('base64')}` };
}
