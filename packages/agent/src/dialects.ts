import { EndpointFailure } from './chat-failures.ts';
import { StepError } from './errors.ts';
import { refusedBy, type Said } from './refusals.ts';

/** From the one that says most to the one that says nothing. */
const formats = ['call_schema', 'json_schema', 'json_object', 'none'] as const;

/** How an endpoint wants to be asked by one of its models. */
export interface Dialect {
  /**
   * How it is told the answer's form: by the JSON schema of this one call, by that of the step, in JSON mode, or not at
   * all; with the last two the schema stands in the prompt.
   */
  format: (typeof formats)[number];
  /** What it calls the limit of an answer's tokens. */
  tokenLimit: 'max_completion_tokens' | 'max_tokens';
  /** Most tokens that it may be asked for; 0: it is told no limit. */
  mostTokens: number;
}

/** A refusal comes at once, an answer may take a minute: calls beside the first one do not wait for all of it. */
const headStartMs = 500;

/** The limit that a call sends in this dialect; null: none. */
export function limitIn({ mostTokens }: Dialect, { tokens }: Said): number | null {
  return Math.min(tokens, mostTokens) || null;
}

/**
 * The next dialect to try where the endpoint refused something of this one; null where it refused something else, or
 * there is nothing left to give up.
 */
export function stepDown(dialect: Dialect, failure: unknown, said: Said): Dialect | null {
  if (!(failure instanceof EndpointFailure)) return null;
  const limit = limitIn(dialect, said);
  const refused = refusedBy(failure, limit);
  const withoutLimit = said.tokensSet || limit === null ? null : { ...dialect, mostTokens: 0 };
  const format = said.format ? formats[formats.indexOf(dialect.format) + 1] : undefined;
  const lower = format ? { ...dialect, format } : null;
  switch (refused?.what) {
    case 'limit_name':
      return dialect.tokenLimit === 'max_tokens' ? withoutLimit : { ...dialect, tokenLimit: 'max_tokens' };
    case 'limit_size':
      // A number that it names and then refuses as well was another's.
      return refused.most > 0 && dialect.mostTokens === Number.POSITIVE_INFINITY
        ? { ...dialect, mostTokens: refused.most }
        : withoutLimit;
    case 'form':
      return lower;
    case 'something':
      return lower ?? withoutLimit;
    default:
      return null;
  }
}

/** What is known of an endpoint's models: found out by the first call of each, and remembered. */
export interface Dialects {
  /** Calls in the dialect that is known; steps down as far as the endpoint makes it. */
  speak<T>(
    call: { model: string; signal: AbortSignal; said: Said },
    ask: (dialect: Dialect) => Promise<T>,
  ): Promise<T>;
}

/** @param format the first to be tried */
export function createDialects(format: Dialect['format']): Dialects {
  const first: Dialect = {
    format,
    tokenLimit: 'max_completion_tokens',
    mostTokens: Number.POSITIVE_INFINITY,
  };
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
  return (
    one.format === other.format && one.tokenLimit === other.tokenLimit && one.mostTokens === other.mostTokens
  );
}

function lowest(one: Dialect, other: Dialect = one): Dialect {
  return {
    format: formats[Math.max(formats.indexOf(one.format), formats.indexOf(other.format))] ?? one.format,
    tokenLimit: one.tokenLimit === 'max_tokens' ? one.tokenLimit : other.tokenLimit,
    mostTokens: Math.min(one.mostTokens, other.mostTokens),
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
