import { initializeTracing } from '../src/index.ts';
import { collectSpans, type PlainSpan } from '../src/testing.ts';

/** What the work leaves, of a framework whose spans are only turned into ours. */
export async function tracedBy(work: () => Promise<unknown>): Promise<PlainSpan[]> {
  const collection = collectSpans();
  const tracing = initializeTracing({ processors: [collection.processor] }, {});
  try {
    await work();
    return collection.spans();
  } finally {
    await tracing.shutdown(1_000);
  }
}

/** The spans as indented names, in the order in which they ended; all of one trace. */
export function outline(spans: PlainSpan[]): string[] {
  if (new Set(spans.map(({ traceId }) => traceId)).size > 1) throw new Error('There is more than one trace');
  const below = (parent: string | null, indent: string): string[] =>
    spans
      .filter(({ parentSpanId }) => parentSpanId === parent)
      .flatMap(({ name, spanId }) => [`${indent}${name}`, ...below(spanId, `${indent}  `)]);
  return below(null, '');
}

export function named(spans: PlainSpan[], name: string): PlainSpan {
  const found = spans.find((span) => span.name === name);
  if (!found) throw new Error(`No span is named ${name}; there are ${spans.map((span) => span.name)}`);
  return found;
}
