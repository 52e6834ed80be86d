/** The address as it may be shown: without userinfo and without the values of its query. */
export function withoutCredentials(url: string): string {
  const parsed = new URL(url);
  if (!parsed.username && !parsed.password && !parsed.search) return url;
  parsed.username = '';
  parsed.password = '';
  for (const name of new Set(parsed.searchParams.keys())) parsed.searchParams.set(name, '***REDACTED***');
  return parsed.href;
}
