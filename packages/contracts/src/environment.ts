import { wholeNumber } from './whole-number.ts';

/**
 * Environment variables as data: each is defined once, with its default, meaning and check. A test compares
 * `.env.example` with these tables.
 */

export interface Variable<T> {
  /** What applies when the variable is unset or empty, as it would be written in the environment. */
  default: string;
  description: string;
  /** Reads the text; throws an Error whose message says what is allowed. */
  parse(text: string): T;
  /** A value that is never shown, not even if invalid. */
  secret?: true;
}
export type Variables = Record<string, Variable<unknown>>;
export type Values<V extends Variables> = { [K in keyof V]: ReturnType<V[K]['parse']> };

/** One or more variables with a wrong value; `message` names each with what is allowed. */
export class EnvironmentError extends Error {
  override name = 'EnvironmentError';
  readonly problems: string[];
  constructor(problems: string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** Reads the table's variables; throws an EnvironmentError that names every wrong one. */
export function readEnvironment<V extends Variables>(table: V, env: NodeJS.ProcessEnv): Values<V> {
  const values: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [name, variable] of Object.entries(table)) {
    const given = env[name]?.trim();
    try {
      values[name] = variable.parse(given || variable.default);
    } catch (error) {
      problems.push(`${name}${variable.secret ? '' : shown(given)}: ${(error as Error).message}`);
    }
  }
  if (problems.length > 0) throw new EnvironmentError(problems);
  return values as Values<V>;
}

/** The value for an error message, if it is short and cannot be a URL with credentials. */
function shown(given = ''): string {
  return given.length > 200 || /[@?]/.test(given) ? '' : `=${JSON.stringify(given)}`;
}

export function text(fallback: string, description: string): Variable<string> {
  return { default: fallback, description, parse: (given) => given };
}

/** A whole number in the range, ends included. */
export function integer(fallback: number, range: [number, number], description: string): Variable<number> {
  const { allowed, parse } = wholeNumber(...range);
  return {
    default: String(fallback),
    description,
    parse(given) {
      const number = parse(given);
      if (number === null) throw new RangeError(`must be ${allowed}`);
      return number;
    },
  };
}

/** A number in the range, or null where the variable is unset. */
export function optionalNumber(
  [least, most]: [number, number],
  description: string,
): Variable<number | null> {
  return {
    default: '',
    description,
    parse(given) {
      if (given === '') return null;
      const number = Number(given);
      if (Number.isNaN(number) || number < least || number > most) {
        throw new RangeError(`must be a number from ${least} to ${most}, or unset`);
      }
      return number;
    },
  };
}

/** A whole number in the range, or null where the variable is unset. */
export function optionalInteger(range: [number, number], description: string): Variable<number | null> {
  const { parse } = integer(0, range, description);
  return { default: '', description, parse: (given) => (given === '' ? null : parse(given)) };
}

/** A number in the range, ends included. */
export function number(
  fallback: number,
  [least, most]: [number, number],
  description: string,
): Variable<number> {
  const optional = optionalNumber([least, most], description);
  return { ...optional, default: String(fallback), parse: (given) => optional.parse(given) ?? fallback };
}

/** One of these words, case-insensitive. */
export function choice<const C extends string>(
  fallback: C,
  choices: readonly C[],
  description: string,
): Variable<C> {
  return {
    default: fallback,
    description,
    parse(given) {
      const found = choices.find((entry) => entry.toLowerCase() === given.toLowerCase());
      if (found === undefined) throw new RangeError(`must be one of ${choices.join(', ')}`);
      return found;
    },
  };
}

/** One of these words, case-insensitive, or null where the variable is unset. */
export function optionalChoice<const C extends string>(
  choices: readonly C[],
  description: string,
): Variable<C | null> {
  return {
    default: '',
    description,
    parse: (given) => (given === '' ? null : choice('' as C, choices, description).parse(given)),
  };
}

/** `1`, `true`, `yes`, `on` and their opposites, case-insensitive. */
export function flag(fallback: boolean, description: string): Variable<boolean> {
  return {
    default: String(fallback),
    description,
    parse(given) {
      if (/^(1|true|yes|on)$/i.test(given)) return true;
      if (/^(0|false|no|off)$/i.test(given)) return false;
      throw new RangeError('must be 1, true, yes or on; or 0, false, no or off');
    },
  };
}

/** `true` or `false`, case-insensitive: the OpenTelemetry specification allows no other values. */
export function strictFlag(description: string): Variable<boolean> {
  return {
    default: 'false',
    description,
    parse(given) {
      if (!/^(true|false)$/i.test(given)) throw new RangeError('must be true or false');
      return given.toLowerCase() === 'true';
    },
  };
}

/** Minimum length of a key: a shorter one could be guessed. */
const leastKey = 16;
const leastDifferent = 6;

/** Comma-separated keys, each of them valid in a header (RFC 6750, section 2.1). */
export function keys(description: string): Variable<string[]> {
  return {
    default: '',
    description,
    secret: true,
    parse(given) {
      const all = given === '' ? [] : given.split(',').map((key) => key.trim());
      if (!all.every(isKey)) {
        throw new TypeError(
          `each key must have at least ${leastKey} characters (letters, digits, . _ ~ + / -), at least ${leastDifferent} of them different`,
        );
      }
      return all;
    },
  };
}

function isKey(text: string): boolean {
  return (
    text.length >= leastKey && new Set(text).size >= leastDifferent && /^[A-Za-z0-9._~+/-]+=*$/.test(text)
  );
}

/** One key, or null where the variable is unset. */
export function optionalKey(description: string): Variable<string | null> {
  const { parse } = keys(description);
  return {
    default: '',
    description,
    secret: true,
    parse(given) {
      const [key = null, ...more] = parse(given);
      if (more.length > 0) throw new TypeError('must be one key, without a comma');
      return key;
    },
  };
}

/** Comma-separated host names, in lower case; a name with a port matches that port only, one without matches any. */
export function hostNames(description: string): Variable<string[]> {
  return {
    default: '',
    description,
    parse(given) {
      return list(given).map((entry) => {
        const host = /^(\[[0-9a-f:.]+\]|[\w.-]+)(:\d{1,5})?$/i.test(entry) ? `http://${entry}` : '';
        if (!URL.canParse(host)) {
          throw new TypeError('must be comma-separated host names, such as agento.example or module1:3001');
        }
        return entry.toLowerCase();
      });
    },
  };
}

function list(given: string): string[] {
  return given
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

/** An http or https URL without a trailing slash, or null where the variable is unset. A query may follow. */
export function optionalUrl(description: string): Variable<string | null> {
  return addressOf(/^https?:$/, 'an http:// or https:// URL', description, (given) => {
    if (/[\s#]/.test(given)) throw new TypeError('must not contain # or spaces');
    return given.replace(/^([^?]*?)\/+(?=$|\?)/, '$1');
  });
}

/** Address of a Postgres database, or null where the variable is unset. */
export function optionalDatabaseUrl(description: string): Variable<string | null> {
  return addressOf(/^postgres(ql)?:$/, 'a postgres:// URL', description, (given) => given);
}

function addressOf(
  protocol: RegExp,
  allowed: string,
  description: string,
  read: (given: string) => string,
): Variable<string | null> {
  return {
    default: '',
    description,
    parse(given) {
      if (given === '') return null;
      if (!URL.canParse(given) || !protocol.test(new URL(given).protocol)) {
        throw new TypeError(`must be ${allowed}, or unset`);
      }
      return read(given);
    },
  };
}
