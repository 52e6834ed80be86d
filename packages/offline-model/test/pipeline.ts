import {
  type AnswerOf,
  constraintExtraction,
  criteriaEvaluation,
  criteriaGeneration,
  deficiencyAnalysis,
  expansionEvaluation,
  findings,
  type ImplementationAnswer,
  type InputOf,
  itemGeneration,
  type ModelStepDefinition,
  matches,
  planEvaluation,
  planGeneration,
  qualityCheck,
  revisionApply,
  revisionBaseline,
  revisionEvaluation,
  revisionGeneration,
  revisionRefinement,
  revisionValidation,
  searchStep,
} from '@agento/contracts';

/** The request an agent sends: heading, delimited input, strict schema. */
export function requestFor(agent: string, input: object, schema?: object) {
  return {
    model: 'agento-offline-1',
    messages: [
      { role: 'system', content: `# ${agent}\n\nDo your part.` },
      { role: 'user', content: `<input>\n${JSON.stringify(input).replaceAll('<', '\\u003c')}\n</input>` },
    ],
    ...(schema && {
      response_format: { type: 'json_schema', json_schema: { name: 'step', strict: true, schema } },
    }),
  };
}

export async function post(url: string, body: unknown, init: RequestInit = {}): Promise<Response> {
  return fetch(`${url}/chat/completions`, {
    method: 'POST',
    body: JSON.stringify(body),
    ...init,
    headers: { 'content-type': 'application/json', ...init.headers },
  });
}

const worth = { fully_met: 1, partially_met: 0.5, not_met: 0 };

/** What code decides by: the mean of a judgement over all criteria. */
export function meanOf({ criteria_fulfillment }: ImplementationAnswer): number {
  const total = criteria_fulfillment.reduce((sum, { status }) => sum + worth[status], 0);
  return total / criteria_fulfillment.length;
}

/** A run's whole plan as the five modules would make it, fed forward from answer to answer. */
export async function runPipeline(url: string, goal: string, context?: string) {
  let calls = 0;
  const agents = new Set<string>();
  async function ask<D extends ModelStepDefinition>(
    agent: string,
    step: D,
    input: InputOf<D> & object,
  ): Promise<AnswerOf<D>> {
    calls++;
    agents.add(agent);
    const schema = step.answer;
    const response = await post(url, requestFor(agent, input, schema));
    const body = (await response.json()) as { choices: { message: { content: string } }[] };
    const answer: unknown = JSON.parse(body.choices[0]?.message.content ?? JSON.stringify(body));
    if (!matches(schema, answer)) {
      throw new Error(`${agent}: ${JSON.stringify(findings(schema, answer))}\n${JSON.stringify(answer)}`);
    }
    return answer as AnswerOf<D>;
  }

  const brief = { goal, ...(context !== undefined && { context }) };
  const [search, extracted] = await Promise.all([
    ask('SearchAgent', searchStep, brief),
    ask('ConstraintExtractor', constraintExtraction, brief),
  ]);
  const constraints = extracted.constraints.map((found, index) => ({ id: `k${index + 1}`, ...found }));
  const ground = { goal, constraints };
  const whole = { ...ground, ...(context !== undefined && { context }) };
  const { summary: search_summary } = search;
  const proposed = await ask('CriteriaGenerator', criteriaGeneration, { ...whole, search_summary });
  const candidates = proposed.criteria.map((criterion, index) => ({ id: `c${index + 1}`, ...criterion }));
  const choice = await ask('CriteriaEvaluator', criteriaEvaluation, {
    ...whole,
    search_summary,
    candidates,
  });
  const criteria = candidates
    .filter(({ id }) => choice.selected_ids.includes(id))
    .map(({ id, criteria: text, reasoning }) => ({ id, criteria: text, reasoning }));

  const plans = await Promise.all(
    ['BalancedPlanner', 'LeanPlanner', 'AmbitiousPlanner'].map(async (agent, index) => {
      const plan = await ask(agent, planGeneration, { ...whole, search_summary, criteria });
      const id = `p${index + 1}`;
      return {
        ...plan,
        id,
        plan_items: plan.plan_items.map((item, at) => ({ id: `${id}-i${at + 1}`, ...item })),
      };
    }),
  );
  const { scores } = await ask('PlanEvaluator', planEvaluation, {
    ...ground,
    criteria,
    plans: plans.map(({ rating: _rating, ...plan }) => plan),
  });
  const total = (id: string) =>
    scores.filter((score) => score.plan_id === id).reduce((sum, { score }) => sum + score, 0);
  const [selected] = [...plans].sort((one, other) => total(other.id) - total(one.id));
  if (!selected) throw new Error('no plan');
  const { reasoning: _reasoning, rating: _rating, ...outline } = selected;

  const items = await Promise.all(
    outline.plan_items.map(async (item) => {
      const { text } = await ask('ItemExpander', itemGeneration, {
        ...whole,
        criteria,
        plan: outline,
        item,
      });
      const expanded = { ...item, item_description: text };
      const titles = {
        plan_title: outline.plan_title,
        item_titles: outline.plan_items.map((each) => each.item_title),
      };
      const verdicts = await Promise.all(
        criteria.map(async (criterion) => {
          const input = { ...ground, plan: titles, item: expanded, criterion };
          const { score, reasoning } = await ask('ItemEvaluator', expansionEvaluation, input);
          const result: 'pass' | 'fail' = score >= 50 ? 'pass' : 'fail';
          return { criterion_id: criterion.id, result, score: score / 100, reasoning };
        }),
      );
      return { item: expanded, verdicts };
    }),
  );

  const revisions = await Promise.all(
    items
      .filter(({ verdicts }) => verdicts.some(({ result }) => result === 'fail'))
      .map(async ({ item, verdicts }) => {
        const about = { ...ground, criteria, item };
        const assessment = await ask('CriteriaAssessor', deficiencyAnalysis, { ...about, verdicts });
        const asked = await ask('RevisionRequester', revisionGeneration, { ...about, assessment });
        const shared = { ...about, revision_request: { id: `r-${item.id}`, ...asked } };
        const approval = await ask('RevisionEvaluator', revisionValidation, shared);
        return { shared, assessment, approval };
      }),
  );

  const results = await Promise.all(
    revisions
      .filter(({ approval }) => approval.approved)
      .map(async ({ shared, approval }) => {
        const targets = shared.revision_request.targeted_criteria;
        const meets = ({ criteria_fulfillment }: ImplementationAnswer) =>
          criteria_fulfillment.every(
            ({ criterion_id, status }) => !targets.includes(criterion_id) || status === 'fully_met',
          );
        const attempt = (
          revised: AnswerOf<typeof revisionApply>,
          judged: ImplementationAnswer,
          given: { id: string; text: string }[],
        ) => ({ ...revised, ...judged, given, mean: meanOf(judged), meets: meets(judged) });
        const original = { revised_text: shared.item.item_description, suggestions: [] };
        const baseline = await ask('ImplementationEvaluator', revisionBaseline, {
          ...shared,
          ...original,
        });
        const first = await ask('RevisionApplier', revisionApply, {
          ...shared,
          impact_assessment: approval.impact_assessment,
        });
        const judged = await ask('ImplementationEvaluator', revisionEvaluation, {
          ...shared,
          revised_text: first.revised_text,
          suggestions: [],
        });
        const attempts = [attempt(first, judged, [])];
        if (!meets(judged)) {
          const suggestions = judged.improvement_suggestions.map((text, index) => ({
            id: `s${index + 1}`,
            text,
          }));
          const second = await ask('RevisionRefiner', revisionRefinement, {
            ...shared,
            previous_text: first.revised_text,
            evaluation: judged,
            suggestions,
          });
          const again = await ask('ImplementationEvaluator', revisionEvaluation, {
            ...shared,
            revised_text: second.revised_text,
            suggestions,
          });
          attempts.push(attempt(second, again, suggestions));
        }
        const [best] = [...attempts].sort((one, other) => other.mean - one.mean);
        const accepted = best && best.mean > meanOf(baseline) ? best : null;
        const item_id = shared.item.id;
        return { item_id, shared, baseline: { ...baseline, mean: meanOf(baseline) }, attempts, accepted };
      }),
  );

  const plan_items = items.map(({ item }) => {
    const accepted = results.find(({ item_id }) => item_id === item.id)?.accepted;
    return { ...item, item_description: accepted?.revised_text ?? item.item_description };
  });
  const quality = await ask('QualityChecker', qualityCheck, {
    ...ground,
    criteria,
    plan: { ...outline, plan_items },
  });
  const met = quality.criteria.filter(({ status }) => status === 'fully_met').length;
  const publish =
    met / criteria.length > 0.5 && quality.constraints.every(({ status }) => status !== 'broken');
  return {
    calls,
    agents,
    search,
    constraints,
    criteria,
    candidates,
    choice,
    plans,
    scores,
    selected,
    items,
    revisions,
    results,
    plan_items,
    quality,
    met,
    decision: publish ? 'publish' : 'hold',
  };
}

export type Run = Awaited<ReturnType<typeof runPipeline>>;

/** The sentences of a text, as a reader sees them. */
export function sentencesOf(text: string): string[] {
  return text
    .split(/(?<=[.!?])\s+/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
}
