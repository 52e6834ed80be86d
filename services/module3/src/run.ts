import { ask, linkTo, type Run, sideBySide, step } from '@agento/agent';
import {
  type CriterionSummary,
  checkSection,
  type EvalResult,
  type Module3Adds,
  type Module3Input,
  type PlanItem,
  type SuccessCriterion,
  type VerdictAnswer,
} from '@agento/contracts';
import type { Work } from '@agento/service';
import { recordVerdict, round, safeSet, setVerdict, type Verdict } from '@agento/tracing';
import { itemEvaluator, itemExpander } from './agents.ts';

/** Every item written out and judged against every criterion; an item's verdicts begin as soon as it is written. */
export async function run(input: Module3Input, run: Run): Promise<Work<Module3Adds>> {
  const { plan_items: items } = input.selected_outline;
  const criteria = input.selected_criteria;

  const expanded = await step(run, { name: 'plan_expansion', kind: 'group' }, async (step) => {
    const results = await sideBySide(run, items, async (item, run) => {
      const written = await expand(run, input, item);
      const verdicts = await sideBySide(run, criteria, (criterion, run) =>
        judge(run, input, written, criterion),
      );
      return { item: written, verdicts };
    });
    const verdicts = results.flatMap((result) => result.verdicts);
    const failed = verdicts.filter(({ result }) => result === 'fail').length;
    step.span.setAttributes({
      'agento.items.count': items.length,
      'agento.verdicts.count': verdicts.length,
      'agento.verdicts.fail_count': failed,
    });
    step.summary = `${items.length} items, ${failed} of ${verdicts.length} verdicts failed`;
    step.capture(
      { plan_id: input.selected_outline.id, items: items.map(({ id }) => id) },
      { verdicts: verdicts.map(({ id, result, score }) => ({ id, result, score })) },
    );
    return { items: results.map((result) => result.item), verdicts };
  });

  return {
    adds: {
      expanded_outline: { ...input.selected_outline, plan_items: expanded.items },
      evaluation_results: expanded.verdicts,
      criteria_summary: criteria.map((criterion) => summarise(criterion, expanded.verdicts)),
    },
  };
}

function expand(run: Run, input: Module3Input, item: PlanItem): Promise<PlanItem> {
  const { selected_outline: outline, plan_selection: selection } = input;
  return ask(run, itemExpander, {
    itemId: item.id,
    planId: outline.id,
    input: {
      goal: input.goal,
      ...(input.context !== undefined && { context: input.context }),
      criteria: input.selected_criteria.map(({ id, criteria, reasoning }) => ({ id, criteria, reasoning })),
      plan: {
        id: outline.id,
        plan_title: outline.plan_title,
        plan_description: outline.plan_description,
        plan_items: outline.plan_items.map(itemView),
      },
      item: itemView(item),
    },
    links: [
      {
        to: { trace_id: selection.trace_id, span_id: selection.span_id },
        relationship: 'plan',
        planId: outline.id,
      },
    ],
    given: { plan_id: outline.id, item_id: item.id },
    check: ({ text }) => checkSection('/text', text),
    make: ({ text }, produced_by): PlanItem => ({ ...item, item_description: text, produced_by }),
    outcome(written, span) {
      // Each section by itself, so that no single value has to hold the whole plan.
      safeSet(span, 'agento.plan.section', written.item_description);
      const size = Buffer.byteLength(written.item_description);
      return {
        summary: `${written.item_title} (${size} bytes)`,
        attributes: { 'agento.section.size': size },
      };
    },
  });
}

function judge(
  run: Run,
  input: Module3Input,
  item: PlanItem,
  criterion: SuccessCriterion,
): Promise<EvalResult> {
  return ask(run, itemEvaluator, {
    itemId: item.id,
    criterionId: criterion.id,
    planId: input.selected_outline.id,
    input: {
      goal: input.goal,
      item: itemView(item),
      criterion: { id: criterion.id, criteria: criterion.criteria, reasoning: criterion.reasoning },
    },
    links: [
      linkTo(criterion, 'criterion', { criterionId: criterion.id }),
      linkTo(item, 'item', { itemId: item.id }),
    ],
    check: checkVerdict,
    make: (answer, produced_by): EvalResult => ({
      id: `e-${item.id}-${criterion.id}`,
      item_id: item.id,
      criterion_id: criterion.id,
      ...answer,
      criteria: criterion.criteria,
      produced_by,
    }),
    outcome(result, span) {
      const verdict: Verdict = {
        name: 'item_criterion',
        score: result.score,
        label: result.result,
        explanation: result.reasoning,
        criterionId: criterion.id,
        itemId: item.id,
      };
      recordVerdict(span, verdict);
      setVerdict(span, verdict);
      return {
        summary: `${result.result} ${result.score}`,
        attributes: { 'agento.verdict.pass': result.result === 'pass', 'agento.verdict.score': result.score },
      };
    },
  });
}

function checkVerdict({ result, score }: VerdictAnswer) {
  const passes = score >= 0.5;
  if (passes === (result === 'pass')) return [];
  return [
    { pointer: '/result', detail: `must be pass exactly when score is at least 0.5; score is ${score}` },
  ];
}

function summarise({ id, criteria }: SuccessCriterion, verdicts: EvalResult[]): CriterionSummary {
  const own = verdicts.filter(({ criterion_id }) => criterion_id === id);
  const passed = own.filter(({ result }) => result === 'pass').length;
  return {
    criterion_id: id,
    criteria,
    passed,
    failed: own.length - passed,
    mean_score: round(own.reduce((sum, { score }) => sum + score, 0) / Math.max(1, own.length)),
  };
}

function itemView({ id, item_title, item_description }: PlanItem) {
  return { id, item_title, item_description };
}
