/** What went wrong and what to do, by error code; `where` is `host:port/database`. */
const advice: Record<string, (where: string, user: string) => string> = {
  ECONNREFUSED: (where) => `nothing answers at ${where}: start Postgres there, or correct host and port`,
  ENOTFOUND: (where) => `the host of ${where} is not known: correct it`,
  EAI_AGAIN: (where) => `the host of ${where} cannot be looked up at the moment: correct it, or try again`,
  ETIMEDOUT: (where) => `${where} does not answer: correct host and port, or let this machine through to it`,
  '28P01': (where, user) => `${where} refuses the password of ${user}: correct user and password`,
  '28000': (where, user) => `${where} does not let ${user} in: correct the user, or allow it in pg_hba.conf`,
  '3D000': (where) => `there is no database ${where}: create it, or correct its name`,
  '42501': (where, user) => `${user} may not create tables in ${where}: grant CREATE on the database`,
  '25006': (where) => `${where} is read-only: name the primary server`,
  '53100': (where) => `the disk of ${where} is full: make room`,
  '53300': (where) => `${where} has no connection left: raise max_connections, or run fewer replicas`,
  '57P01': (where) => `${where} was stopped: start Postgres again`,
  '57P03': (where) => `${where} is starting or stopping: wait, or look at its log`,
};

/** An error of Postgres or of the way to it, as one sentence without the password. */
export function inWords(error: unknown, url: string): string {
  const { code = '', message, errors } = error as { code?: string; message?: string; errors?: unknown[] };
  const { where, user } = place(url);
  const first = errors?.[0] as { code?: string; message?: string } | undefined;
  const known = advice[code] ?? advice[first?.code ?? ''];
  if (known) return known(where, user);
  if (/timeout/i.test(message ?? '') && !code) return `${where} does not answer in time`;
  return `${where}: ${message || first?.message || code}`;
}

function place(url: string): { where: string; user: string } {
  const { hostname, port, pathname, username, searchParams } = new URL(url);
  // A Unix socket's folder is given as a parameter.
  const host = hostname || searchParams.get('host') || 'localhost';
  return { where: `${host}:${port || 5432}${pathname}`, user: username || 'the user' };
}

/** Throws if this is not the URL of a Postgres database. */
export function checkUrl(url: string): void {
  const parsed = URL.parse(url);
  if (parsed && /^postgres(ql)?:$/.test(parsed.protocol) && parsed.pathname.length > 1) return;
  throw new Error('The URL of the database must look like postgres://user:password@host:5432/database');
}
