import OpenAI from 'openai';
import { quoted, readError, type ServerError } from './endpoint-error.ts';
import { StepError } from './errors.ts';
import { readJson } from './read-json.ts';

/** Statuses other than 5xx worth a retry. */
const retryable = new Set([408, 409, 429]);
/** How much of a server's message is searched for what it rejects, in characters. */
const mostWords = 4_096;

/** What a 200 response contained instead of an answer; `too_large` and `too_complex` are not retried. */
const faults = {
  error: 'with an error',
  empty: 'without a body',
  html: 'with HTML instead of JSON',
  events: 'with server-sent events instead of JSON',
  not_json: 'with incomplete or invalid JSON',
  no_message: 'without a message',
  encoding: 'in an unknown content encoding',
  too_complex: 'with JSON that nests too deeply or has too many values',
  too_large: 'with more than AGENTO_MAX_ANSWER_BYTES allows',
} as const;
export type Fault = keyof typeof faults;

/** A response without a completion. Its message is private, or anything that serializes errors would log it. */
export class EndpointFailure extends Error {
  /** Null if the status itself is the failure. */
  readonly fault: Fault | null;
  /** The HTTP status, or the one a 200 response stands for. */
  readonly status: number;
  readonly #headers: Headers;
  readonly #said: ServerError;

  constructor(
    fault: Fault | null,
    status: number,
    {
      headers = new Headers(),
      said = { words: '', codes: [] },
    }: { headers?: Headers; said?: ServerError } = {},
  ) {
    super(`The endpoint answered ${fault ? faults[fault] : status}`);
    // Named like the client's own errors for that status, which dashboards know.
    this.name =
      fault && fault !== 'error'
        ? 'UnusableAnswer'
        : OpenAI.APIError.generate(status, undefined, '', headers).constructor.name;
    this.fault = fault;
    this.status = status;
    this.#headers = headers;
    this.#said = said;
  }

  header(name: string): string | null {
    return this.#headers.get(name);
  }

  /** The server's full message and codes, up to 4,096 characters: to search, not to show. */
  get words(): string {
    return [this.sentence, ...this.#said.codes].join(' ');
  }

  /** The same without codes, whose numbers mean something else. */
  get sentence(): string {
    return this.#said.words.slice(0, mostWords);
  }

  says(code: RegExp): boolean {
    return this.#said.codes.some((given) => code.test(given));
  }

  /** `: slow down`: the message, safe to show; empty if there is none. */
  get told(): string {
    const words = quoted(this.#said.words);
    return words && `: ${words}`;
  }
}

/** The failure for a response with any status but 2xx. */
export function failureOfStatus(status: number, headers: Headers, body: string): EndpointFailure {
  let said: ServerError | null = null;
  try {
    said = readError(readJson(body));
  } catch {
    // A proxy's page or plain text: its beginning is the message.
  }
  return new EndpointFailure(null, status, {
    headers,
    said: said ?? { words: body.slice(0, mostWords), codes: [] },
  });
}

/** The failure behind an error of the `openai` client; null if no response arrived, or not all of it. */
export function failureOf(error: unknown): EndpointFailure | null {
  if (error instanceof EndpointFailure) return error;
  return error instanceof OpenAI.APIConnectionError && error.cause instanceof EndpointFailure
    ? error.cause
    : null;
}

const isQuota = /^(insufficient_\w*quota|billing_\w+)$/;

export function isQuotaUsedUp(failure: EndpointFailure): boolean {
  return failure.says(isQuota);
}

export function mayRetry(error: unknown): boolean {
  const failure = failureOf(error);
  if (!failure) return error instanceof OpenAI.APIConnectionError;
  if (failure.fault === 'too_large' || failure.fault === 'too_complex' || failure.fault === 'encoding')
    return false;
  if (isQuotaUsedUp(failure)) return false;
  const told = failure.header('x-should-retry');
  if (told === 'true' || told === 'false') return told === 'true';
  return isPassing(failure.status);
}

function isPassing(status: number): boolean {
  return retryable.has(status) || status >= 500;
}

export function asStepError(error: unknown, attempts: number, maxBytes: number): StepError {
  const failure = failureOf(error);
  const tries = attempts > 1 ? ` after ${attempts} attempts` : '';
  const cause = failure ?? error;
  if (!failure) {
    const what = `The model's endpoint could not be reached or closed the connection${tries}`;
    return new StepError('model_unavailable', what, { cause });
  }
  const { fault, status, told } = failure;
  if (fault === 'too_large') {
    const what = `The model's answer is over ${maxBytes} bytes, the limit set by AGENTO_MAX_ANSWER_BYTES, and was not read further`;
    return new StepError('answer_invalid', what, { cause });
  }
  if (fault === 'too_complex') {
    return new StepError('answer_invalid', `The model's endpoint answered ${faults.too_complex}`, { cause });
  }
  if (failure.says(/^content_filter$/)) {
    return new StepError('model_refused', `The endpoint's content filter blocked the request${told}`, {
      cause,
    });
  }
  // Redirects are not followed: a key belongs to the address it was given for.
  if (status >= 300 && status < 400) {
    const to = quoted(failure.header('location') ?? '');
    const what = `The model's endpoint redirects${to && ` to ${to}`} (${status}): set OPENAI_BASE_URL to its final address`;
    return new StepError('model_rejected', what, { cause });
  }
  if (fault === 'encoding' || !isPassing(status) || isQuotaUsedUp(failure)) {
    const why = isQuotaUsedUp(failure) ? `${status} (quota exhausted)` : status;
    const what = fault
      ? `answered ${faults[fault]}${fault === 'error' ? ` (${why})` : ''}`
      : `rejected the request with ${why}`;
    return new StepError('model_rejected', `The model's endpoint ${what}${told}`, { cause });
  }
  const what = fault ? `${faults[fault]}${fault === 'error' ? ` (${status})` : ''}` : status;
  return new StepError('model_unavailable', `The model's endpoint answered ${what}${tries}${told}`, {
    cause,
  });
}
