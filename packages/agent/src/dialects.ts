import { EndpointFailure } from './chat-failures.ts';
import { StepError } from './errors.ts';
import { refusedBy, type Said } from './refusals.ts';

/** From the most to the least specific. */
const formats = ['call_schema', 'json_schema', 'json_object', 'none'] as const;

/** How an endpoint expects requests to one of its models. */
export interface Dialect {
  /**
   * How it is told the answer's format: by a JSON schema of this call, by that of the step, in JSON mode, or not at
   * all; in the last two cases the schema is in the prompt.
   */
  format: (typeof formats)[number];
  /** The name of the token limit. */
  tokenLimit: 'max_completion_tokens' | 'max_tokens';
  /** The largest token limit it accepts; 0: none is sent. */
  mostTokens: number;
}

/** A rejection arrives at once, an answer may take a minute: parallel calls do not wait for the first one's answer. */
const headStartMs = 500;

/** The limit a call sends in this dialect; null: none. */
export function limitIn({ mostTokens }: Dialect, { tokens }: Said): number | null {
  return Math.min(tokens, mostTokens) || null;
}

/**
 * The next dialect to try if the endpoint rejected part of this one; null if it rejected something else, or nothing is
 * left to drop.
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
      // A number it names but then rejects as well belonged to something else.
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

/** What is known about an endpoint's models: found out by the first call of each, and remembered. */
export interface Dialects {
  /** Calls in the known dialect; falls back as far as the endpoint requires. */
  speak<T>(
    call: { model: string; signal: AbortSignal; said: Said },
    ask: (dialect: Dialect) => Promise<T>,
  ): Promise<T>;
}

/** @param format the first to try */
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
            // A parallel call may have found out meanwhile.
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

/** Waits until the first call has found out, the head start is over, or the run is cancelled. */
async function headStart(found: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, headStartMs);
  const left = () => resolve();
  signal.addEventListener('abort', left);
  await Promise.race([found, over]);
  clearTimeout(timer);
  signal.removeEventListener('abort', left);
}
