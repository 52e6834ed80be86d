import { marker } from '../passages.ts';
import { createRedactor } from '../redactor.ts';
import { isOrdinary } from '../words/ordinary.ts';
import { isSecretKey } from '../words/secret-keys.ts';

/**
 * Shorter ones, and ordinary words, would match by chance: they are hidden in a URL, but not searched for elsewhere.
 */
const shortest = 8;
/** Whatever is given as an API key is one, whatever it looks like; there may be several, comma-separated. */
const keyLists = /(?:^|_)(?:api|hop)_?keys?$/i;
const headerLists = /^OTEL_EXPORTER_OTLP_(?:\w+_)?HEADERS$/i;
const url = /^[a-z][a-z0-9+.-]*:[/\\]{2}/i;
/** A proxy's address may omit the scheme. */
const proxies = /^(?:https?|all)_proxy$/i;
/** The shell's own: there, `PWD` is the working directory, not a password. */
const directories = /^(?:OLD)?PWD$/;
/** Scheme and userinfo. */
const userinfo = /^([a-z][a-z0-9+.-]*:[/\\]+|[/\\]*)([^/\\?#]*)@/i;
const parameter = /([?&;#])([^?&;#]+)/g;
const credentialName = /^(?:key|sig|signature|code|auth|sas|access)$/i;
const byLook = createRedactor({ secrets: [] });

/** A query value that is a credential, by its name or by its format. */
function isCredential(name: string, value: string): boolean {
  if (value === '') return false;
  if (isSecretKey(name) || credentialName.test(name)) return true;
  return byLook.text(value).count > 0 || value.split(/[^A-Za-z0-9]+/).some(looksIssued);
}

/** Sixteen or more letters and digits in a row, unlike any version, date or model name. */
function looksIssued(piece: string): boolean {
  return piece.length >= 16 && /\d/.test(piece) && /[A-Za-z]/.test(piece);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function parametersOf(url: string): { name: string; value: string }[] {
  return [...url.matchAll(parameter)].map(([, , pair = '']) => splitPair(pair));
}

/** `name=value`, or a value alone. */
function splitPair(pair: string): { name: string; value: string } {
  const at = pair.indexOf('=');
  return { name: decoded(pair.slice(0, Math.max(at, 0))), value: pair.slice(at + 1) };
}

/** As given and decoded, except what is too short or too ordinary to search for everywhere. */
function lookedFor(given: string[]): string[] {
  const both = given.flatMap((secret) => [secret, decoded(secret)]);
  return [...new Set(both)].filter((secret) => secret.length >= shortest && !isOrdinary(secret));
}

/**
 * The credentials in a URL, as written and decoded: the password of its userinfo (the user if there is none, or if it
 * looks issued), and query values that have a credential's name or format. Those under eight characters and ordinary
 * words are omitted. Never throws.
 */
export function secretsOfUrl(url: string): string[] {
  const given = userinfo.exec(url)?.[2] ?? '';
  const at = given.indexOf(':');
  const user = at < 0 ? given : given.slice(0, at);
  const password = at < 0 ? '' : given.slice(at + 1);
  const found = parametersOf(url).filter(({ name, value }) => isCredential(name, decoded(value)));
  return lookedFor([
    ...(password === '' || looksIssued(user) ? [user] : []),
    password,
    ...found.map(({ value }) => value),
  ]);
}

/** The URL, safe to show: without userinfo, and with a marker in place of each credential. Never throws. */
export function withoutCredentials(url: string): string {
  const shown = url.replace(userinfo, '$1').replace(parameter, (all, sign: string, pair: string) => {
    const { name, value } = splitPair(pair);
    if (!isCredential(name, decoded(value))) return all;
    return `${sign}${pair.slice(0, pair.length - value.length)}${marker}`;
  });
  return byLook.text(shown).text;
}

/** The values of a header list (`key=value,key=value`, percent-encoded), and what follows their scheme. */
function secretsOfHeaders(list: string): string[] {
  const values = list.split(',').map((pair) => pair.slice(pair.indexOf('=') + 1).trim());
  return lookedFor(
    values.flatMap((value) => {
      const [, scheme, rest] = /^(\w+)(?:\s|%20|\+)+(.+)$/.exec(value) ?? [];
      if (scheme === undefined || rest === undefined) return [value];
      const pair = /^basic$/i.test(scheme) ? Buffer.from(decoded(rest), 'base64').toString() : '';
      return [rest, pair, pair.slice(pair.indexOf(':') + 1)];
    }),
  );
}

/**
 * Every credential in a process's environment: keys and lists of keys, other values under a secret's name, and those in
 * its URLs, proxies and OTLP header lists.
 */
export function secretsOfEnvironment(env: NodeJS.ProcessEnv): string[] {
  const secrets = Object.entries(env).flatMap(([name, value = '']) => {
    if (keyLists.test(name)) return [value, ...value.split(',')].map((key) => key.trim());
    if (headerLists.test(name)) return secretsOfHeaders(value);
    return [
      ...(url.test(value) || proxies.test(name) ? secretsOfUrl(value) : []),
      ...(isSecretKey(name) && !directories.test(name) ? lookedFor([value]) : []),
    ];
  });
  return [...new Set(secrets)].filter((secret) => secret.length >= shortest);
}
