import { EndpointFailure } from './chat-failures.ts';
import { StepError } from './errors.ts';

/** How an endpoint wants to be asked by one of its models. */
export interface Dialect {
  /** How it is told the answer's form; with the last two the schema stands in the prompt. */
  format: 'json_schema' | 'json_object' | 'none';
  /** What it calls the limit of an answer's tokens. */
  tokenLimit: 'max_completion_tokens' | 'max_tokens';
}

/** Whether a call says these things at all: what was not sent cannot be refused. */
export interface Said {
  format: boolean;
  tokenLimit: boolean;
}

const first: Dialect = { format: 'json_schema', tokenLimit: 'max_completion_tokens' };
const lower = { json_schema: 'json_object', json_object: 'none', none: null } as const;

/** A refusal comes at once, an answer may take a minute: calls beside the first one do not wait for all of it. */
const headStartMs = 500;

const refusals = new Set([400, 404, 415, 422, 500, 501]);
const aboutFormat =
  /response[_ ]?format|json[_ ]?(schema|object|mode)|structured[_ ]?outputs?|\bschemas?\b|grammar|guided/i;
const aboutTokenLimit = /max_(completion_)?tokens/i;
const notKnown =
  /not support(ed)?\b|unsupported|not permitted|not allowed|no longer|instead|(unknown|unrecognized|unexpected|extra)\W+(request )?(parameter|param|argument|field|input|name|key|value|variant|propert|option)/i;
/** What a refusal may be about that no other form would change. */
const aboutElse =
  /api.?key|auth|context|too (long|many|large)|maximum|temperature|seed|tool|message|role|web_search|quota|max_/i;

/**
 * The next dialect to try where the endpoint refused something of this one, in any of the ways in which endpoints say
 * so; null where it refused something else, or there is nothing left to give up.
 */
export function stepDown(dialect: Dialect, failure: unknown, said: Said): Dialect | null {
  if (!(failure instanceof EndpointFailure) || !refusals.has(failure.status)) return null;
  const { words, status } = failure;
  if (said.tokenLimit && status < 500 && aboutTokenLimit.test(words) && notKnown.test(words)) {
    return dialect.tokenLimit === 'max_tokens' ? null : { ...dialect, tokenLimit: 'max_tokens' };
  }
  const format = said.format ? lower[dialect.format] : null;
  if (!format) return null;
  const isAboutFormat =
    aboutFormat.test(words) || (status < 500 && notKnown.test(words) && !aboutElse.test(words));
  return isAboutFormat ? { ...dialect, format } : null;
}

/** What is known of an endpoint's models: found out by the first call of each, and remembered. */
export interface Dialects {
  /** Calls in the dialect that is known; steps down as far as the endpoint makes it. */
  speak<T>(
    call: { model: string; signal: AbortSignal; said: Said },
    ask: (dialect: Dialect) => Promise<T>,
  ): Promise<T>;
}

export function createDialects(): Dialects {
  const known = new Map<string, Dialect>();
  const discoveries = new Map<string, PromiseWithResolvers<void>>();
  return {
    async speak({ model, signal, said }, ask) {
      const discovery = discoveries.get(model);
      const isFirst = !known.has(model) && !discovery;
      const own = Promise.withResolvers<void>();
      if (isFirst) discoveries.set(model, own);
      else if (discovery) await headStart(discovery.promise, signal);
      try {
        for (let dialect = known.get(model) ?? first; ; ) {
          try {
            const answer = await ask(dialect);
            known.set(model, lowest(dialect, known.get(model)));
            return answer;
          } catch (error) {
            const next = stepDown(dialect, error instanceof StepError ? error.cause : error, said);
            if (!next) throw error;
            // A call beside this one may have found out meanwhile.
            const found = lowest(dialect, known.get(model));
            dialect = isSame(found, dialect) ? next : found;
          }
        }
      } finally {
        if (isFirst) {
          discoveries.delete(model);
          own.resolve();
        }
      }
    },
  };
}

function isSame(one: Dialect, other: Dialect): boolean {
  return one.format === other.format && one.tokenLimit === other.tokenLimit;
}

const formats = ['json_schema', 'json_object', 'none'] as const;

function lowest(one: Dialect, other: Dialect = one): Dialect {
  return {
    format: formats[Math.max(formats.indexOf(one.format), formats.indexOf(other.format))] ?? one.format,
    tokenLimit: one.tokenLimit === 'max_tokens' ? one.tokenLimit : other.tokenLimit,
  };
}

/** Until the first call has found out, the head start is over, or nobody wants to know any more. */
async function headStart(found: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, headStartMs);
  const left = () => resolve();
  signal.addEventListener('abort', left);
  await Promise.race([found, over]);
  clearTimeout(timer);
  signal.removeEventListener('abort', left);
}
