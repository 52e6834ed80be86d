import { wholeNumber } from '@agento/contracts';
import { InvalidArgumentError, Option } from 'commander';
import { CommandError, exitCodes } from './exit-codes.ts';

/** Reads an option's text as a whole number in the range, ends included. */
export function integer(least: number, most: number) {
  const { allowed, parse } = wholeNumber(least, most);
  return (given: string): number => {
    const number = parse(given);
    if (number === null) throw new InvalidArgumentError(`It must be ${allowed}.`);
    return number;
  };
}

/** Of an option that can be given several times. */
export function several<T>(read: (given: string) => T) {
  return (given: string, before: T[] = []): T[] => [...before, read(given)];
}

/** Reads a time, or how long ago it was, as milliseconds since 1970. */
export function moment(given: string): number {
  const [, count = '', unit = ''] = /^(\d{1,6})([mhd])$/.exec(given) ?? [];
  const minutes: Record<string, number> = { m: 1, h: 60, d: 1440 };
  if (unit !== '') return Date.now() - Number(count) * (minutes[unit] ?? 0) * 60_000;
  const time = /^\d{4}-\d{2}-\d{2}/.test(given) ? Date.parse(given) : Number.NaN;
  if (Number.isNaN(time)) throw new InvalidArgumentError('It must be a date, a time, or 30m, 12h, 7d.');
  return time;
}

export function webAddress(given: string): string {
  if (URL.canParse(given) && /^https?:$/.test(new URL(given).protocol)) {
    if (!/[@?#\s]/.test(given)) return given.replace(/\/+$/, '');
    // Not commander's own error, which would show what may be a password.
    throw new CommandError(
      exitCodes.usage,
      'The URL must not contain a user, password, query or fragment.',
      'Put the key for the service into AGENTO_API_KEY.',
    );
  }
  throw new InvalidArgumentError('It must be an http:// or https:// URL.');
}

/** Reads one of these words. */
export function oneOf(...allowed: string[]) {
  return (given: string): string => {
    if (allowed.includes(given)) return given;
    throw new InvalidArgumentError(`It must be ${allowed.join(' or ')}.`);
  };
}

/** Which model answers, wherever a verb starts what asks it. */
export function modelServer(): Option {
  const text =
    'auto: the model server on this machine (Ollama, LM Studio, llama.cpp or vLLM on its usual port)';
  return new Option('--model-server <which>', text).argParser(oneOf('auto'));
}

/** Where traces come from, wherever they can. */
export function fromJaeger(): Option {
  const text = "read from Jaeger's API, e.g. http://127.0.0.1:16686";
  return new Option('--jaeger <url>', text).argParser(webAddress);
}

/** Of several runs in a file, the one that is meant. */
export function ofRun(): Option {
  return new Option('--run <id>', 'which run, where the file holds several');
}

/** Of several attempts at a run, the one that is meant. */
export function ofAttempt(otherwise = 'the last'): Option {
  return new Option('--attempt <number>', `which attempt at the run (default: ${otherwise})`).argParser(
    integer(1, 9_999),
  );
}

/** Reads how many links of a chain are wanted. */
export function linksBack(given: string): number | 'all' {
  const number = wholeNumber(0, 1_000).parse(given);
  if (number !== null) return number;
  if (given === 'all') return given;
  throw new InvalidArgumentError('It must be a whole number from 0 to 1000, or all.');
}

/** Reads the attempts at two runs that are compared: `1`, or `1,2`. */
export function attempts(given: string): [before: number, now: number] {
  const numbers = given.split(',').map((number) => wholeNumber(1, 9_999).parse(number));
  const [before = null, now = before, ...more] = numbers;
  if (before !== null && now !== null && more.length === 0) return [before, now];
  throw new InvalidArgumentError('It must be a whole number from 1 to 9999, or two, as in 1,2.');
}
