import {
  ApprovalAnswer,
  AssessmentAnswer,
  CriteriaAnswer,
  CriteriaChoiceAnswer,
  ExpansionAnswer,
  findings,
  ImplementationAnswer,
  type ModelStep,
  matches,
  PlanAnswer,
  PlanScoresAnswer,
  QualityAnswer,
  RevisedTextAnswer,
  RevisionRequestAnswer,
  SearchAnswer,
  type StepInputs,
  VerdictAnswer,
} from '@agento/contracts';

type Schema = Parameters<typeof findings>[0];

/** What each step is answered with. */
interface Answers {
  search_agent: SearchAnswer;
  criteria_generation: CriteriaAnswer;
  criteria_evaluation: CriteriaChoiceAnswer;
  plan_generation: PlanAnswer;
  plan_evaluation: PlanScoresAnswer;
  item_generation: ExpansionAnswer;
  expansion_evaluation: VerdictAnswer;
  deficiency_analysis: AssessmentAnswer;
  revision_generation: RevisionRequestAnswer;
  revision_validation: ApprovalAnswer;
  revision_apply: RevisedTextAnswer;
  revision_evaluation: ImplementationAnswer;
  revision_refinement: RevisedTextAnswer;
  quality_check: QualityAnswer;
}

const schemas: Record<ModelStep, Schema> = {
  search_agent: SearchAnswer,
  criteria_generation: CriteriaAnswer,
  criteria_evaluation: CriteriaChoiceAnswer,
  plan_generation: PlanAnswer,
  plan_evaluation: PlanScoresAnswer,
  item_generation: ExpansionAnswer,
  expansion_evaluation: VerdictAnswer,
  deficiency_analysis: AssessmentAnswer,
  revision_generation: RevisionRequestAnswer,
  revision_validation: ApprovalAnswer,
  revision_apply: RevisedTextAnswer,
  revision_evaluation: ImplementationAnswer,
  revision_refinement: RevisedTextAnswer,
  quality_check: QualityAnswer,
};

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

/** A run's whole plan as the five modules would make it, fed forward from answer to answer. */
export async function runPipeline(url: string, goal: string, context?: string) {
  let calls = 0;
  const agents = new Set<string>();
  async function ask<S extends ModelStep>(agent: string, step: S, input: StepInputs[S]): Promise<Answers[S]> {
    calls++;
    agents.add(agent);
    const schema = schemas[step];
    const response = await post(url, requestFor(agent, input, schema));
    const body = (await response.json()) as { choices: { message: { content: string } }[] };
    const answer: unknown = JSON.parse(body.choices[0]?.message.content ?? JSON.stringify(body));
    if (!matches(schema, answer)) {
      throw new Error(`${agent}: ${JSON.stringify(findings(schema, answer))}\n${JSON.stringify(answer)}`);
    }
    return answer as Answers[S];
  }

  const brief = { goal, ...(context !== undefined && { context }) };
  const { summary: search_summary } = await ask('SearchAgent', 'search_agent', brief);
  const proposed = await ask('CriteriaGenerator', 'criteria_generation', { ...brief, search_summary });
  const candidates = proposed.criteria.map((criterion, index) => ({ id: `c${index + 1}`, ...criterion }));
  const choice = await ask('CriteriaEvaluator', 'criteria_evaluation', {
    ...brief,
    search_summary,
    candidates,
  });
  const criteria = candidates
    .filter(({ id }) => choice.selected_ids.includes(id))
    .map(({ id, criteria: text, reasoning }) => ({ id, criteria: text, reasoning }));

  const plans = await Promise.all(
    ['BalancedPlanner', 'LeanPlanner', 'AmbitiousPlanner'].map(async (agent, index) => {
      const plan = await ask(agent, 'plan_generation', { ...brief, search_summary, criteria });
      const id = `p${index + 1}`;
      return {
        ...plan,
        id,
        plan_items: plan.plan_items.map((item, at) => ({ id: `${id}-i${at + 1}`, ...item })),
      };
    }),
  );
  const { scores } = await ask('PlanEvaluator', 'plan_evaluation', {
    goal,
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
      const { text } = await ask('ItemExpander', 'item_generation', {
        ...brief,
        criteria,
        plan: outline,
        item,
      });
      const expanded = { ...item, item_description: text };
      const verdicts = await Promise.all(
        criteria.map(async (criterion) => ({
          criterion_id: criterion.id,
          ...(await ask('ItemEvaluator', 'expansion_evaluation', { goal, item: expanded, criterion })),
        })),
      );
      return { item: expanded, verdicts };
    }),
  );

  const revisions = await Promise.all(
    items
      .filter(({ verdicts }) => verdicts.some(({ result }) => result === 'fail'))
      .map(async ({ item, verdicts }) => {
        const assessment = await ask('CriteriaAssessor', 'deficiency_analysis', {
          goal,
          criteria,
          item,
          verdicts,
        });
        const asked = await ask('RevisionRequester', 'revision_generation', {
          goal,
          criteria,
          item,
          assessment,
        });
        const revision_request = { id: `r-${item.id}`, ...asked };
        const shared = { goal, criteria, item, revision_request };
        const approval = await ask('RevisionEvaluator', 'revision_validation', shared);
        return { shared, assessment, approval };
      }),
  );

  const results = await Promise.all(
    revisions
      .filter(({ approval }) => approval.approved)
      .map(async ({ shared, approval }) => {
        const { impact_assessment } = approval;
        const first = await ask('RevisionApplier', 'revision_apply', { ...shared, impact_assessment });
        const judged = await ask('ImplementationEvaluator', 'revision_evaluation', {
          ...shared,
          revised_text: first.revised_text,
          suggestions: [],
        });
        const attempts = [{ text: first.revised_text, ...judged }];
        if (!judged.meets_criteria) {
          const suggestions = judged.improvement_suggestions.map((text, index) => ({
            id: `s${index + 1}`,
            text,
          }));
          const second = await ask('RevisionRefiner', 'revision_refinement', {
            ...shared,
            previous_text: first.revised_text,
            evaluation: judged,
            suggestions,
          });
          const again = await ask('ImplementationEvaluator', 'revision_evaluation', {
            ...shared,
            revised_text: second.revised_text,
            suggestions,
          });
          attempts.push({ text: second.revised_text, ...again });
        }
        return { item_id: shared.item.id, request: shared.revision_request, attempts };
      }),
  );

  const finalText = (id: string, original: string) =>
    results.find(({ item_id }) => item_id === id)?.attempts.at(-1)?.text ?? original;
  const plan_items = items.map(({ item }) => ({
    ...item,
    item_description: finalText(item.id, item.item_description),
  }));
  const quality = await ask('QualityChecker', 'quality_check', {
    goal,
    criteria,
    plan: { ...outline, plan_items },
  });
  return {
    calls,
    agents,
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
  };
}

export type Run = Awaited<ReturnType<typeof runPipeline>>;

/** Every sentence a reader of the final plan meets: criteria, items, revisions. */
export function sentencesOf(run: Run): Set<string> {
  const texts = [
    ...run.criteria.flatMap(({ criteria, reasoning }) => [criteria, reasoning]),
    ...run.plan_items.map(({ item_description }) => item_description),
    ...run.revisions.flatMap(({ shared }) => [
      shared.revision_request.revision_request_content,
      shared.revision_request.reasoning,
    ]),
    ...run.revisions.map(({ approval }) => approval.reasoning),
  ];
  return new Set(texts.flatMap((text) => text.split(/(?<=[.!?])\s+/)).map((text) => text.trim()));
}
