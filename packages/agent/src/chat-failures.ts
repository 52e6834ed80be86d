import OpenAI from 'openai';
import { StepError } from './errors.ts';

const retryable = new Set([408, 409, 429]);
const longestDelayMs = 60_000;

/** An endpoint that does not know `json_schema` says so with 400 and names it. */
export function refusesSchema(error: unknown): boolean {
  if (!(error instanceof StepError)) return false;
  const { cause } = error;
  return cause instanceof OpenAI.BadRequestError && /response_format|json_schema/i.test(cause.message);
}

export function mayRetry(error: unknown, status: number | undefined): boolean {
  if (status !== undefined) return retryable.has(status) || status >= 500;
  return error instanceof OpenAI.APIConnectionError || isCut(error);
}

/** What came was cut; a connection that broke is an APIConnectionError. */
function isCut(error: unknown): boolean {
  return error instanceof SyntaxError;
}

export function retryDelay(error: unknown, attempt: number): number {
  const header = error instanceof OpenAI.APIError ? error.headers?.get('retry-after') : null;
  const seconds = header
    ? Number.isNaN(Number(header))
      ? (Date.parse(header) - Date.now()) / 1000
      : Number(header)
    : Number.NaN;
  if (seconds >= 0) return Math.min(longestDelayMs, Math.ceil(seconds * 1000));
  // Half of the delay is random, so that calls which failed together do not come back together.
  return Math.round(500 * 2 ** (attempt - 1) * (0.5 + Math.random() / 2));
}

/** Redirects are not followed: a key belongs to the address it was given for. */
function movedText(error: unknown, status: number): string {
  const to = error instanceof OpenAI.APIError ? error.headers?.get('location') : null;
  return `The model's endpoint redirects${to ? ` to ${to}` : ''} (${status}): set OPENAI_BASE_URL to its final address`;
}

export function asStepError(error: unknown, status: number | undefined, attempts: number): StepError {
  if (status !== undefined && status >= 300 && status < 400) {
    return new StepError('model_rejected', movedText(error, status), { cause: error });
  }
  const tries = attempts > 1 ? ` after ${attempts} attempts` : '';
  if (status !== undefined && status < 500 && !retryable.has(status)) {
    return new StepError('model_rejected', `The model's endpoint refused the request with ${status}`, {
      cause: error,
    });
  }
  const what = status !== undefined ? `answered ${status}` : 'could not be reached or broke off its answer';
  return new StepError('model_unavailable', `The model's endpoint ${what}${tries}`, { cause: error });
}
