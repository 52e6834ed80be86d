import type { BuiltSpan } from '../otlp.ts';
import type { SpanBuilder } from '../span-builder.ts';
import { failing, items, picked } from './plan.ts';

export function module3(run: SpanBuilder, root: BuiltSpan): void {
  const counted = {
    'agento.items.count': 4,
    'agento.verdicts.count': 12,
    'agento.verdicts.fail_count': 4,
    'agento.verdicts.not_judged_count': 0,
  };
  run.step(3, 'plan_expansion', root, { attributes: counted }, (group) => {
    for (const id of items) {
      const ids = { 'agento.item.id': id, 'agento.plan.id': 'p1' };
      const section = run.step(3, 'item_generation', group, { ids }, (span) => {
        run.link(span, 'plan', [run.one('plan_selection')], { 'agento.plan.id': 'p1' });
        run.payload(span, 'agento.plan.section', 'the text');
      });
      for (const criterion of picked) judge(run, group, section, id, criterion);
    }
  });
}

function judge(run: SpanBuilder, group: BuiltSpan, section: BuiltSpan, id: string, criterion: string): void {
  const ids = { 'agento.item.id': id, 'agento.criterion.id': criterion, 'agento.plan.id': 'p1' };
  run.step(3, 'expansion_evaluation', group, { ids }, (span) => {
    run.criteria(span, run.one('criteria_evaluation'), [criterion]);
    run.link(span, 'item', [section], { 'agento.item.id': id });
    const pass = !failing[id]?.includes(criterion);
    run.verdict(span, 'item_criterion', criterion, pass ? 1 : 0.25, pass, { 'agento.item.id': id });
    Object.assign(
      span.attributes,
      span.events.find(({ name }) => name === 'gen_ai.evaluation.result')?.attributes,
    );
    span.attributes['agento.verdict.pass'] = pass;
    span.attributes['agento.verdict.score'] = pass ? 1 : 0.25;
  });
}
