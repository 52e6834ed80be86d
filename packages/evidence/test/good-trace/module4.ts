import type { BuiltSpan } from '../otlp.ts';
import type { SpanBuilder } from '../span-builder.ts';
import { failing } from './plan.ts';

export function module4(run: SpanBuilder, root: BuiltSpan): void {
  for (const id of Object.keys(failing)) {
    const ids = { 'agento.item.id': id };
    const verdicts = run
      .named('expansion_evaluation', id)
      .filter((span) => span.attributes['agento.verdict.pass'] === false);
    const analysis = run.step(4, 'deficiency_analysis', root, { ids }, (span) => {
      for (const verdict of verdicts) {
        const criterion = verdict.attributes['agento.criterion.id'] ?? '';
        run.link(span, 'failed_verdict', [verdict], { ...ids, 'agento.criterion.id': criterion });
      }
    });
    const answer = { targeted_criteria: failing[id] ?? [] };
    const request = run.step(4, 'revision_generation', root, { ids, answer }, (span) =>
      run.link(span, 'deficiency', [analysis], ids),
    );
    const attributes = { 'agento.revision.approved': id !== 'p1-i3' };
    run.step(4, 'revision_validation', root, { ids, attributes }, (span) => {
      run.link(span, 'revision_request', [request], ids);
      run.event(span, 'comparison', { original: 'the text', suggested: 'the request' });
      run.decide(
        span,
        'revision_approval',
        'total',
        { [`${id}-r1`]: 0.5 },
        id === 'p1-i3' ? [] : [`${id}-r1`],
      );
    });
  }
}
