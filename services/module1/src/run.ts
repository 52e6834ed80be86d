import { ask, constraintLinks, groundOf, linkTo, type Run, type Step, together } from '@agento/agent';
import {
  type Brief,
  type Constraint,
  type criteriaEvaluation,
  criterionView,
  type Module1Adds,
  type Module1Input,
  type SuccessCriterion,
} from '@agento/contracts';
import type { Work } from '@agento/service';
import { marginOf } from '@agento/tracing';
import { constraintExtractor, criteriaEvaluator, criteriaGenerator, searchAgent } from './agents.ts';
import { type Choice, checkTie, rejections } from './choice.ts';
import { checkQuotes, constraintsOf } from './constraints.ts';

/** From a goal to the criteria for its plan: search and extract constraints, propose, choose. */
export async function run(input: Module1Input, run: Run): Promise<Work<Module1Adds>> {
  const [search, { kept: constraints, dropped }] = await together(run, [
    (run) => lookAround(run, input),
    (run) => findConstraints(run, input),
  ]);
  const given = { ...input, constraints };
  const ground = groundOf(given, 'whole');

  const candidates = await ask(run, criteriaGenerator, {
    input: { ...ground, search_summary: search.summary },
    links: { search_summary: linkTo(search), ...constraintLinks(given) },
    given: { search_summary: search.produced_by.span_id },
    make: ({ criteria }, produced_by) => ({
      criteria: criteria.map(
        (entry, index): SuccessCriterion => ({ id: `c${index + 1}`, ...entry, produced_by }),
      ),
      produced_by,
    }),
    outcome: ({ criteria }) => ({
      summary: `${criteria.length} candidates`,
      attributes: { 'agento.criteria.count': criteria.length },
    }),
  });

  const choice = await ask(run, criteriaEvaluator, {
    input: {
      ...ground,
      search_summary: search.summary,
      candidates: candidates.criteria.map((criterion) => ({
        ...criterionView(criterion),
        rating: criterion.rating,
      })),
    },
    links: { candidates: linkTo(candidates), ...constraintLinks(given) },
    given: { candidates: candidates.criteria.map(({ id }) => id) },
    ids: {
      each: { evaluations: candidates.criteria.map(({ id }) => ({ criterion_id: id })) },
      among: { selected_ids: candidates.criteria.map(({ id }) => id) },
    },
    check: checkTie,
    make: (answer, produced_by): Choice => ({
      ...answer,
      selected: candidates.criteria
        .filter(({ id }) => answer.selected_ids.includes(id))
        .map((candidate) => {
          const judged = answer.evaluations.find(({ criterion_id }) => criterion_id === candidate.id);
          return {
            ...candidate,
            reasoning: judged?.reasoning ?? candidate.reasoning,
            rating: judged?.rating ?? candidate.rating,
            produced_by,
          };
        }),
    }),
    outcome(made, step) {
      recordChoice(step, made, candidates.criteria);
      return {
        summary: `${made.selected.map(({ id }) => id).join(', ')} of ${candidates.criteria.length}`,
        attributes: {
          'agento.criteria.count': candidates.criteria.length,
          'agento.criteria.selected_count': made.selected.length,
        },
      };
    },
  });

  return {
    adds: {
      constraints,
      constraints_left_out: dropped,
      search_summary: search.summary,
      search_mode: run.models.settings.webSearch ? 'web_search' : 'model_knowledge',
      sources: search.sources,
      success_criteria: candidates.criteria,
      selected_criteria: choice.selected,
    },
  };
}

function brief({ goal, context }: Module1Input): Brief {
  return { goal, ...(context !== undefined && { context }) };
}

function lookAround(run: Run, input: Module1Input) {
  return ask(run, searchAgent, {
    input: brief(input),
    make: (answer, produced_by) => ({ ...answer, produced_by }),
    outcome: ({ sources }) => ({
      summary: `${sources.length} sources`,
      attributes: { 'agento.sources.count': sources.length },
    }),
  });
}

const counted = (count: number) => (count === 1 ? '1 constraint' : `${count || 'no'} constraints`);

function findConstraints(run: Run, input: Module1Input): Promise<{ kept: Constraint[]; dropped: number }> {
  const given = [input.goal, input.context];
  return ask(run, constraintExtractor, {
    input: brief(input),
    // An invented limit is left out even after the repair; the others still apply.
    check: (answer, isRepaired) => (isRepaired ? [] : checkQuotes(answer, given)),
    make: (answer, produced_by) => constraintsOf(answer, given, produced_by),
    outcome: ({ kept, dropped }) => ({
      summary: `${counted(kept.length)}${dropped > 0 ? `, ${dropped} that nobody wrote left out` : ''}`,
      attributes: {
        'agento.constraints.count': kept.length,
        ...(dropped > 0 && { 'agento.constraints.dropped_count': dropped }),
      },
    }),
  });
}

/** Why these criteria and not the others: every rating, every reason, the margin. */
function recordChoice(
  step: Step<typeof criteriaEvaluation>,
  choice: Choice,
  candidates: SuccessCriterion[],
): void {
  for (const { criterion_id, rating, reasoning } of choice.evaluations) {
    step.judge('criterion_fit', {
      score: rating / 10,
      passes: choice.selected_ids.includes(criterion_id),
      explanation: reasoning,
      criterionId: criterion_id,
      responseId: candidates.find(({ id }) => id === criterion_id)?.produced_by.response_id,
    });
  }
  const scored = candidates.map(({ id, criteria }) => ({
    id,
    label: criteria,
    scores: { rating: choice.evaluations.find(({ criterion_id }) => criterion_id === id)?.rating ?? 0 },
  }));
  const margin = marginOf(scored, choice.selected_ids, 'rating');
  step.decide({
    candidates: scored,
    chosen: choice.selected_ids,
    rejected: rejections(choice),
    reason: choice.reason,
    ...(margin !== undefined && { margin }),
    ...(choice.tie_break !== null && { tieBreak: choice.tie_break }),
  });
}
