import {
  ask,
  constraintLinks,
  groundOf,
  linkTo,
  orElse,
  type Run,
  StepError,
  sideBySide,
  step,
} from '@agento/agent';
import {
  type CriterionSummary,
  checkSection,
  criterionView,
  type EvalResult,
  expansionEvaluation,
  itemView,
  type Module3Adds,
  type Module3Input,
  notJudged,
  type PlanItem,
  planExpansion,
  planView,
  type SuccessCriterion,
} from '@agento/contracts';
import type { Work } from '@agento/service';
import { round, setVerdict } from '@agento/tracing';
import { itemEvaluator, itemExpander } from './agents.ts';

/**
 * Expands every item and judges it against every criterion; an item's verdicts begin as soon as its text is written.
 */
export async function run(input: Module3Input, run: Run): Promise<Work<Module3Adds>> {
  const { plan_items: items } = input.selected_outline;
  const criteria = input.selected_criteria;

  const expanded = await step(run, planExpansion, {}, async (step) => {
    const results = await sideBySide(run, items, async (item, run) => {
      const written = await expand(run, input, item);
      const verdicts = await sideBySide(run, criteria, (criterion, run) =>
        judge(run, input, written, criterion),
      );
      return { item: written, verdicts };
    });
    const verdicts = results.flatMap((result) => result.verdicts);
    const count = (wanted: EvalResult['result']) => verdicts.filter(({ result }) => result === wanted).length;
    const [failed, open] = [count('fail'), count(notJudged)];
    requireMost(verdicts);
    step.finish({
      summary: `${items.length} items, ${failed} of ${verdicts.length} verdicts failed${open > 0 ? `, ${open} not judged` : ''}`,
      attributes: {
        'agento.items.count': items.length,
        'agento.verdicts.count': verdicts.length,
        'agento.verdicts.fail_count': failed,
        'agento.verdicts.not_judged_count': open,
      },
    });
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

/** A plan most of which is not judged is not worth revising: the run stops before it costs more. */
function requireMost(verdicts: EvalResult[]): void {
  const open = verdicts.filter(({ result }) => result === notJudged);
  const [first] = open;
  if (!first || open.length * 2 <= verdicts.length) return;
  const failure = new StepError(
    'answer_invalid',
    `${open.length} of ${verdicts.length} verdicts are missing. The first: ${first.reasoning}`,
  );
  const { agent_name, span_id, prompt_sha256 } = first.produced_by;
  failure.failedStep = { step: expansionEvaluation.name, agent_name, span_id, prompt_sha256 };
  throw failure;
}

function expand(run: Run, input: Module3Input, item: PlanItem): Promise<PlanItem> {
  const { selected_outline: outline, plan_selection: selection } = input;
  return ask(run, itemExpander, {
    itemId: item.id,
    planId: outline.id,
    input: {
      ...groundOf(input, 'whole'),
      criteria: input.selected_criteria.map(criterionView),
      plan: planView(outline),
      item: itemView(item),
    },
    links: {
      plan: linkTo({ produced_by: selection }, { planId: outline.id }),
      ...constraintLinks(input),
    },
    given: { plan_id: outline.id, item_id: item.id },
    check: ({ text }) => checkSection('/text', text),
    make: ({ text }, produced_by): PlanItem => ({ ...item, item_description: text, produced_by }),
    outcome(written) {
      const size = Buffer.byteLength(written.item_description);
      return {
        summary: `${written.item_title} (${size} bytes)`,
        attributes: { 'agento.section.size': size },
        // Each section separately, so that no single value has to hold the whole plan.
        content: { 'agento.plan.section': written.item_description },
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
  const { selected_outline: outline } = input;
  const subject = {
    id: `e-${item.id}-${criterion.id}`,
    item_id: item.id,
    criterion_id: criterion.id,
    criteria: criterion.criteria,
  };
  const asked = ask(run, itemEvaluator, {
    itemId: item.id,
    criterionId: criterion.id,
    planId: outline.id,
    input: {
      ...groundOf(input),
      plan: {
        plan_title: outline.plan_title,
        item_titles: outline.plan_items.map(({ item_title }) => item_title),
      },
      item: itemView(item),
      criterion: criterionView(criterion),
    },
    links: {
      criterion: linkTo(criterion, { criterionId: criterion.id }),
      item: linkTo(item, { itemId: item.id }),
      ...constraintLinks(input),
    },
    make: ({ reasoning, score }, produced_by) => ({
      ...subject,
      result: score / 100 >= passMark ? ('pass' as const) : ('fail' as const),
      score: score / 100,
      reasoning,
      produced_by,
    }),
    outcome({ result, score, reasoning }, step) {
      const verdict = step.judge('item_criterion', {
        score,
        explanation: reasoning,
        criterionId: criterion.id,
        itemId: item.id,
        responseId: item.produced_by.response_id,
      });
      setVerdict(step.span, verdict);
      return {
        summary: `${result} ${score}`,
        attributes: { 'agento.verdict.pass': result === 'pass', 'agento.verdict.score': score },
      };
    },
  });
  return orElse<EvalResult>(asked, ({ reason, produced_by }) => ({
    ...subject,
    result: notJudged,
    score: null,
    reasoning: reason,
    produced_by,
  }));
}

/** From this score on an item passes a criterion. */
const passMark = expansionEvaluation.verdicts.item_criterion.passes;

function summarise({ id, criteria }: SuccessCriterion, verdicts: EvalResult[]): CriterionSummary {
  const own = verdicts.filter(({ criterion_id }) => criterion_id === id);
  const count = (wanted: EvalResult['result']) => own.filter(({ result }) => result === wanted).length;
  const scores = own.flatMap(({ score }) => score ?? []);
  return {
    criterion_id: id,
    criteria,
    passed: count('pass'),
    failed: count('fail'),
    not_judged: count(notJudged),
    mean_score:
      scores.length === 0 ? null : round(scores.reduce((sum, score) => sum + score, 0) / scores.length),
  };
}
