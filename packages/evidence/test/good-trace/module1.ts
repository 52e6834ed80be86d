import type { BuiltSpan } from '../otlp.ts';
import type { SpanBuilder } from '../span-builder.ts';
import { picked } from './plan.ts';

export function module1(run: SpanBuilder, root: BuiltSpan): void {
  const search = run.step(1, 'search_agent', root, { prompt: 'x'.repeat(9_000) });
  run.step(1, 'constraint_extraction', root, { attributes: { 'agento.constraints.count': 1 } });
  const generation = run.step(
    1,
    'criteria_generation',
    root,
    { attributes: { 'agento.criteria.count': 5 } },
    (span) => run.link(span, 'search_summary', [search]),
  );
  run.step(1, 'criteria_evaluation', root, {}, (span) => {
    run.link(span, 'candidates', [generation]);
    run.decide(span, 'criteria_selection', 'rating', { c1: 9, c2: 8, c3: 7, c4: 7, c5: 3 }, picked, 0);
    for (const [id, rating] of Object.entries({ c1: 9, c2: 8, c3: 7, c4: 7, c5: 3 })) {
      run.verdict(span, 'criterion_fit', id, rating / 10, picked.includes(id));
    }
  });
}
