import type { BuiltSpan } from '../otlp.ts';
import type { SpanBuilder } from '../span-builder.ts';
import { failing, fulfilled, picked } from './plan.ts';

export function module5(run: SpanBuilder, root: BuiltSpan): void {
  const reviewed = humanReview(run, root, 'p1-i4');
  for (const id of ['p1-i2', 'p1-i4']) {
    const ids = { 'agento.item.id': id };
    const attributes =
      id === 'p1-i4'
        ? { 'agento.attempts.count': 1, 'agento.attempt.accepted': 0 }
        : { 'agento.attempts.count': 2, 'agento.attempt.accepted': 2 };
    run.step(5, 'revision_implementation', root, { ids, attributes }, (span) => {
      run.link(span, 'approval', run.named('revision_validation', id), ids);
      if (id === 'p1-i4') run.link(span, 'review', [reviewed], ids);
      baseline(run, span, id);
      const first = attempt(run, span, id, 1, null);
      if (id === 'p1-i4') {
        return run.decide(
          span,
          'attempt_acceptance',
          'total',
          { original: fulfilled(id, 0), 'attempt-1': { c1: 0.5, c2: 0.5, c3: 0.5, total: 0.5 } },
          ['original'],
          0.166667,
        );
      }
      attempt(run, span, id, 2, first);
      const all = (score: number) => ({ c1: score, c2: score, c3: score, total: score });
      const scores = { original: fulfilled(id, 0), 'attempt-1': all(0.5), 'attempt-2': all(1) };
      run.decide(span, 'attempt_acceptance', 'total', scores, ['attempt-2'], 0.5);
    });
  }
  const ids = { 'agento.plan.id': 'p1' };
  const assembly = run.step(5, 'final_assembly', root, { ids }, (span) => {
    run.link(span, 'accepted_attempt', run.named('revision_refinement', 'p1-i2'), {
      'agento.item.id': 'p1-i2',
      'agento.attempt': 2,
    });
    for (const id of ['p1-i1', 'p1-i3', 'p1-i4']) {
      run.link(span, 'original_item', run.named('item_generation', id), { 'agento.item.id': id });
    }
  });
  run.step(5, 'quality_check', root, { ids }, (span) => {
    run.link(span, 'final_plan', [assembly], { 'agento.plan.id': 'p1' });
    for (const id of picked) {
      const status = id === 'c3' ? 'partially_met' : 'fully_met';
      const subject = { 'agento.plan.id': 'p1', 'agento.criterion.status': status };
      run.verdict(span, 'plan_criterion', id, id === 'c3' ? 0.5 : 1, id !== 'c3', subject);
    }
    const subject = { 'agento.plan.id': 'p1', 'agento.constraint.status': 'not_shown' };
    run.verdict(span, 'constraint', '', 0.5, false, { ...subject, 'agento.constraint.id': 'k1' });
    const shares = { publish: 0.666667, hold: 0.333333 };
    run.decide(span, 'quality_gate', 'total', shares, ['publish'], 0.333334);
    Object.assign(span.attributes, {
      'agento.quality.publish': true,
      'agento.quality.share_met': 0.666667,
      'agento.quality.broken_constraints': 0,
    });
  });
}

function baseline(run: SpanBuilder, implementation: BuiltSpan, item: string): void {
  run.step(5, 'revision_baseline', implementation, { ids: { 'agento.item.id': item } }, (judge) => {
    run.link(judge, 'item', run.named('item_generation', item), { 'agento.item.id': item });
    for (const criterion of picked) {
      const status = failing[item]?.includes(criterion) ? 'not_met' : 'fully_met';
      const subject = { 'agento.item.id': item, 'agento.criterion.status': status };
      const pass = status === 'fully_met';
      run.verdict(judge, 'baseline_criterion', criterion, pass ? 1 : 0, pass, subject);
    }
  });
}

/** Answers with the attempt's revision_evaluation. */
function attempt(
  run: SpanBuilder,
  implementation: BuiltSpan,
  item: string,
  attempt: number,
  before: BuiltSpan | null,
): BuiltSpan {
  const ids = { 'agento.item.id': item, 'agento.attempt': attempt };
  const evaluations: BuiltSpan[] = [];
  run.step(5, 'revision_attempt', implementation, { ids }, (span) => {
    if (before) run.link(span, 'feedback', [before], { ...ids, 'agento.attempt': attempt - 1 });
    const name = attempt === 1 ? 'revision_apply' : 'revision_refinement';
    const writer = run.step(5, name, span, {
      ids,
      answer: { revised_text: `Attempt ${attempt} covers it all.` },
    });
    const evaluation = run.step(
      5,
      'revision_evaluation',
      span,
      { ids, answer: attempt === 1 ? { improvement_suggestions: ['Cover it', 'Say when'] } : {} },
      (judge) => {
        run.link(judge, 'attempt', [writer], ids);
        const status = attempt > 1 ? 'fully_met' : 'partially_met';
        const subject = { 'agento.item.id': item, 'agento.criterion.status': status };
        for (const criterion of picked) {
          run.verdict(judge, 'revision_criterion', criterion, attempt > 1 ? 1 : 0.5, attempt > 1, subject);
        }
        if (attempt === 1) return;
        run.event(
          judge,
          'agento.feedback',
          { text: 'Cover it', evidence: 'covers it' },
          { suggestion_id: 's1', status: 'addressed' },
        );
        run.event(
          judge,
          'agento.feedback',
          { text: 'Say when', evidence: '' },
          { suggestion_id: 's2', status: 'ignored' },
        );
      },
    );
    evaluations.push(evaluation);
  });
  const [evaluation] = evaluations;
  if (!evaluation) throw new Error('the attempt was not evaluated');
  return evaluation;
}

/** A person approves what the RevisionEvaluator had approved. */
function humanReview(run: SpanBuilder, root: BuiltSpan, id: string): BuiltSpan {
  const ids = { 'agento.item.id': id };
  const attributes = {
    'agento.review.by': 'key-1a2b3c4d',
    'agento.review.at': '2026-11-28T10:00:00.000Z',
    'agento.review.decision': 'approve',
    'agento.review.approved_before': true,
    'agento.revision.approved': true,
  };
  return run.step(5, 'human_review', root, { ids, attributes }, (span) => {
    run.link(span, 'revision_request', run.named('revision_generation', id), ids);
    run.link(span, 'approval', run.named('revision_validation', id), ids);
    run.decide(span, 'revision_approval', 'total', { [`${id}-r1`]: 1 }, [`${id}-r1`]);
  });
}
