import { useEffect, useMemo, useState } from 'preact/hooks';

/** Where in the page one is: `#/`, `#/runs/{id}/{view}?…`. Every door is an address, so that it can be sent on. */
export interface Route {
  path: string[];
  query: URLSearchParams;
}

function routeOf(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  return { path: path.split('/').filter(Boolean).map(decoded), query: new URLSearchParams(query) };
}

/** An address that somebody mistyped leads nowhere, and breaks nothing. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const changed = () => setHash(location.hash);
    addEventListener('hashchange', changed);
    // It may have changed since the first look.
    changed();
    return () => removeEventListener('hashchange', changed);
  }, []);
  return useMemo(() => routeOf(hash), [hash]);
}

/** The address of a place; parts of the query that are absent are left out. */
export function addressOf(path: string[], query: Record<string, string | undefined> = {}): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const asked = new URLSearchParams(given).toString();
  return `#/${path.map(encodeURIComponent).join('/')}${asked && `?${asked}`}`;
}

/** The same place with another query: a value replaces, undefined removes. */
export function withQuery({ path, query }: Route, change: Record<string, string | undefined>): string {
  return addressOf(path, { ...Object.fromEntries(query), ...change });
}
