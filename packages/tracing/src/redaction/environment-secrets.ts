const urls = [
  'OPENAI_BASE_URL',
  'AGENTO_NEXT_URL',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'HTTP_PROXY',
  'HTTPS_PROXY',
];
const keys = ['OPENAI_API_KEY', 'AGENTO_API_KEYS', 'AGENTO_HOP_KEY', 'AGENTO_API_KEY'];

/** Every credential a process was given by its environment. */
export function secretsOfEnvironment(env: NodeJS.ProcessEnv): string[] {
  const lists = keys.flatMap((name) => (env[name] ?? '').split(',').map((key) => key.trim()));
  return [...lists, ...urls.flatMap((name) => secretsOfUrl(env[name] ?? ''))].filter(
    (secret) => secret !== '',
  );
}

/** The credentials in a URL: userinfo, decoded and raw, and the values of its query. */
export function secretsOfUrl(url: string): string[] {
  if (!URL.canParse(url)) return [];
  const { username, password, searchParams } = new URL(url);
  const user = [username, password].flatMap((part) => [part, decodeURIComponent(part)]);
  return [...new Set([...user, ...searchParams.values()])].filter((secret) => secret !== '');
}

/** The address as it may be shown: without userinfo and without the values of its query. */
export function withoutCredentials(url: string): string {
  const parsed = new URL(url);
  if (!parsed.username && !parsed.password && !parsed.search) return url;
  parsed.username = '';
  parsed.password = '';
  for (const name of new Set(parsed.searchParams.keys())) parsed.searchParams.set(name, '***REDACTED***');
  return parsed.href;
}
