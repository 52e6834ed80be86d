import { type Context, context, propagation, type Span, SpanKind, trace } from '@opentelemetry/api';
import { attribute, libraryAttribute } from '../names.ts';
import type { Carrier } from '../propagation.ts';
import { failSpan } from '../span.ts';
import { libraryTracer } from './begin.ts';

/** The context a request's headers continue; the active one if they name no span. */
export function parentFrom(headers: Carrier): Context {
  return propagation.extract(context.active(), headers);
}

/**
 * Runs the answering of a request in a SERVER span `{method} {route}` that continues the caller's trace, whatever
 * the HTTP framework. Set `http.response.status_code` on the span; an error is recorded and thrown on.
 *
 * @example
 * await withServerSpan({ method: 'POST', route: '/questions', headers: request.headers }, async (span) => {
 *   span.setAttribute(attribute.httpStatus, 200);
 * });
 */
export async function withServerSpan<T>(
  { method, route, headers }: { method: string; route: string; headers: Carrier },
  work: (span: Span) => Promise<T>,
): Promise<T> {
  const parent = parentFrom(headers);
  const attributes = { [attribute.httpMethod]: method, [libraryAttribute.httpRoute]: route };
  const span = libraryTracer().startSpan(`${method} ${route}`, { kind: SpanKind.SERVER, attributes }, parent);
  try {
    return await context.with(trace.setSpan(parent, span), () => work(span));
  } catch (error) {
    failSpan(span, error);
    throw error;
  } finally {
    span.end();
  }
}
