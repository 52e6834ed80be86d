import type { EndpointFailure } from './chat-failures.ts';

const longestMs = 60_000;

/** How long an endpoint asks to wait before a retry, in milliseconds; null if it does not say. */
export function askedWait(failure: EndpointFailure | null): number | null {
  if (!failure) return null;
  const asked = inHeaders(failure) ?? (failure.status === 429 ? ofRateLimit(failure) : null);
  return asked === null ? null : Math.min(longestMs, Math.ceil(asked));
}

/** The wait before the nth retry, in milliseconds, if the endpoint does not name one: doubles each time. */
export function backOff(again: number): number {
  // Half of it is random, so that calls that failed together are not retried together.
  return Math.min(longestMs, Math.round(500 * 2 ** (again - 1) * (0.5 + Math.random() / 2)));
}

function inHeaders(failure: EndpointFailure): number | null {
  const exact = failure.header('retry-after-ms');
  if (exact && Number(exact) >= 0) return Number(exact);
  const header = failure.header('retry-after');
  if (!header) return null;
  const wait = Number.isNaN(Number(header)) ? Date.parse(header) - Date.now() : Number(header) * 1_000;
  return wait >= 0 ? wait : null;
}

const unit = '(?:milliseconds?|ms|hours?|h|minutes?|mins?|m|seconds?|secs?|s)';
const inWords = new RegExp(`(?:again|retry) (?:in|after) ((?:\\d+(?:\\.\\d+)?\\s?${unit}\\s?)+)`, 'i');

/** The wait in the message (`Please try again in 1.2s`), otherwise until the exhausted limit resets. */
function ofRateLimit(failure: EndpointFailure): number | null {
  const words = inWords.exec(failure.sentence)?.[1];
  if (words) return duration(words);
  const limits = ['requests', 'tokens'].map((kind) => ({
    isUsedUp: failure.header(`x-ratelimit-remaining-${kind}`) === '0',
    wait: duration(failure.header(`x-ratelimit-reset-${kind}`) ?? ''),
  }));
  const usedUp = limits.filter(({ isUsedUp }) => isUsedUp);
  const waits = (usedUp.length > 0 ? usedUp : limits).flatMap(({ wait }) => wait ?? []);
  return waits.length > 0 ? Math.max(...waits) : null;
}

const parts = new RegExp(`(\\d+(?:\\.\\d+)?)\\s?(${unit})?`, 'gi');

/** Milliseconds of `1s`, `6m0s`, `120ms`, `7 seconds` or a bare number of seconds; null for anything else. */
function duration(text: string): number | null {
  const found = [...text.matchAll(parts)];
  if (found.length === 0) return null;
  return found.reduce((sum, [, number, name = 's']) => sum + Number(number) * msOf(name.toLowerCase()), 0);
}

function msOf(name: string): number {
  if (name.startsWith('mi') && name.includes('sec')) return 1;
  if (name === 'ms') return 1;
  if (name.startsWith('h')) return 3_600_000;
  return name.startsWith('m') ? 60_000 : 1_000;
}
