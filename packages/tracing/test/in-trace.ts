import { moduleInfo } from '@agento/contracts';
import { type Span, withSpan } from '../src/index.ts';
import { startTelemetry } from '../src/telemetry.ts';
import { collectSpans, type PlainSpan, type SpanCollection } from '../src/testing.ts';

/** Telemetry of a module without export, for the time of the work; the spans that ended in it. */
export async function inTelemetry(
  work: () => Promise<unknown>,
  env: NodeJS.ProcessEnv = {},
): Promise<PlainSpan[]> {
  const collected = collectSpans();
  const telemetry = startTelemetry({
    module: moduleInfo(2),
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'disabled', ...env },
    dataDir: '/nowhere',
    processors: [collected.processor],
  });
  try {
    await work();
    return collected.spans();
  } finally {
    await telemetry.shutdown(1_000);
  }
}

/** What the work leaves on one span. */
export async function onSpan(work: (span: Span) => void, env: NodeJS.ProcessEnv = {}): Promise<PlainSpan> {
  const [span] = await inTelemetry(() => withSpan({ name: 'work' }, async (span) => work(span)), env);
  if (!span) throw new Error('The work left no span');
  return span;
}

/** What stands on a span, and nothing of which span it is. */
export function marks({ attributes, events }: PlainSpan) {
  return { attributes, events };
}

/** The span of that name; none, or a second one, is a failure. */
export function onlySpan(collection: SpanCollection, name: string): PlainSpan {
  const [span, ...others] = collection.spans().filter((span) => span.name === name);
  if (!span || others.length > 0) throw new Error(`${span ? 1 + others.length : 0} spans are named ${name}`);
  return span;
}
