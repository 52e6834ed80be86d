import type { BuiltSpan } from '../otlp.ts';
import type { SpanBuilder } from '../span-builder.ts';
import { picked } from './plan.ts';

export function module2(run: SpanBuilder, root: BuiltSpan): void {
  const evaluation = run.one('criteria_evaluation');
  const planners = ['BalancedPlanner', 'LeanPlanner', 'AmbitiousPlanner'];
  const outlines = planners.map((agent, index) =>
    run.step(2, 'plan_generation', root, { agent, ids: { 'agento.plan.id': `p${index + 1}` } }, (span) => {
      run.criteria(span, evaluation, picked);
      run.payload(span, 'agento.plan.summary', 'four items');
      run.event(span, 'agento.plan', { json: '{"id":"p1"}' });
    }),
  );
  const scores = run.step(2, 'plan_evaluation', root, { prompt: 'y'.repeat(60_000) }, (span) => {
    run.criteria(span, evaluation, picked);
    for (const outline of outlines) {
      run.link(span, 'plan', [outline], { 'agento.plan.id': outline.attributes['agento.plan.id'] ?? '' });
    }
    for (const plan of ['p1', 'p2', 'p3']) {
      for (const id of picked) {
        const score = plan === 'p1' ? 1 : 0.4;
        run.verdict(span, 'plan_score', id, score, score >= 0.5, { 'agento.plan.id': plan });
      }
    }
  });
  run.step(2, 'plan_selection', root, {}, (span) => {
    run.link(span, 'scores', [scores]);
    run.decide(span, 'plan_selection', 'total', { p1: 0.8, p2: 0.5, p3: 0.4 }, ['p1'], 0.3);
  });
}
