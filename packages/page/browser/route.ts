import { useEffect, useState } from 'preact/hooks';

/** Where in the page one is: `#/`, `#/runs/{id}/{view}?…`. Every door is an address, so that it can be sent on. */
export interface Route {
  path: string[];
  query: URLSearchParams;
}

function current(): Route {
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?', 2);
  return { path: path.split('/').filter(Boolean).map(decodeURIComponent), query: new URLSearchParams(query) };
}

export function useRoute(): Route {
  const [route, setRoute] = useState(current);
  useEffect(() => {
    const changed = () => setRoute(current());
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  return route;
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
