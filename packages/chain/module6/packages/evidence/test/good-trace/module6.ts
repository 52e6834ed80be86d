import type { BuiltSpan } from '../otlp.ts';
import type { SpanBuilder } from '../span-builder.ts';

export function module6(run: SpanBuilder, root: BuiltSpan): void {
  const ids = { 'agento.plan.id': 'p1' };
  const attributes = { 'agento.brief.size': 8 };
  run.step(6, 'brief_writing', root, { ids, attributes }, (span) => {
    run.link(span, 'judgement', [run.one('quality_check')], ids);
    run.payload(span, 'agento.brief', 'the text');
  });
}
