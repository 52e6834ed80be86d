import { marker } from '../passages.ts';
import { createRedactor } from '../redactor.ts';
import { isOrdinary } from '../words/ordinary.ts';
import { isSecretKey } from '../words/secret-keys.ts';

/** Shorter ones, and ordinary words, would be found by chance: in a URL they are hidden, elsewhere not looked for. */
const shortest = 8;
/** What is given as an API key is one, whatever it looks like; there may be several, separated by commas. */
const keyLists = /(?:^|_)(?:api|hop)_?keys?$/i;
const headerLists = /^OTEL_EXPORTER_OTLP_(?:\w+_)?HEADERS$/i;
const url = /^[a-z][a-z0-9+.-]*:[/\\]{2}/i;
/** A proxy's address may do without the scheme. */
const proxies = /^(?:https?|all)_proxy$/i;
/** The shell's own: `PWD` is no password there, but the working directory. */
const directories = /^(?:OLD)?PWD$/;
/** Scheme and userinfo. */
const userinfo = /^([a-z][a-z0-9+.-]*:[/\\]+|[/\\]*)([^/\\?#]*)@/i;
const parameter = /([?&;#])([^?&;#]+)/g;
const credentialName = /^(?:key|sig|signature|code|auth|sas|access)$/i;
const byLook = createRedactor({ secrets: [] });

/** A query value that is one of a credential's, by its name or by its look. */
function isCredential(name: string, value: string): boolean {
  if (value === '') return false;
  if (isSecretKey(name) || credentialName.test(name)) return true;
  return byLook.text(value).count > 0 || value.split(/[^A-Za-z0-9]+/).some(looksIssued);
}

/** Sixteen letters and digits or more in a row, as no version, date or name of a model has them. */
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

/** As given and decoded, less what is too short or too ordinary to be looked for everywhere. */
function lookedFor(given: string[]): string[] {
  const both = given.flatMap((secret) => [secret, decoded(secret)]);
  return [...new Set(both)].filter((secret) => secret.length >= shortest && !isOrdinary(secret));
}

/**
 * The credentials in a URL, as written and decoded: the password of its userinfo (the user where there is none, or
 * where it looks issued) and query values that a credential's name carries or that look like one. Those under
 * eight characters and ordinary words are left out. Never throws.
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

/** The URL as it may be shown: without userinfo, and a marker in place of each credential. Never throws. */
export function withoutCredentials(url: string): string {
  const shown = url.replace(userinfo, '$1').replace(parameter, (all, sign: string, pair: string) => {
    const { name, value } = splitPair(pair);
    if (!isCredential(name, decoded(value))) return all;
    return `${sign}${pair.slice(0, pair.length - value.length)}${marker}`;
  });
  return byLook.text(shown).text;
}

/** The values of a header list (`key=value,key=value`, percent-encoded), and what stands after their scheme. */
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
 * Every credential a process was given in its environment: keys and lists of keys, what else stands under a
 * secret's name, and what is in its URLs, proxies and lists of headers for OTLP.
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
