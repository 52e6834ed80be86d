import Type, { type Static } from 'typebox';
import { answer, field } from '../answer.ts';
import { Constraint, ConstraintKind } from '../constraint.ts';
import { Source, SuccessCriterion } from '../criterion.ts';
import { openaiTracePattern } from '../patterns.ts';
import { Replay } from '../replay.ts';
import { ReviewOption } from '../review.ts';
import { constraintsLink, form, modelStep } from '../step.ts';
import { TraceMetadata } from '../trace-metadata.ts';
import { Brief, CriterionView, Ground } from '../views.ts';
import { Given, type ModuleContract, outputOf, RunId, RunLimits, StopAfter } from './contract.ts';

export const SearchAnswer = answer({
  summary: field.text,
  sources: Type.Array(
    answer({
      title: field.title,
      url: Type.Union([Type.String({ maxLength: 2_000 }), Type.Null()]),
      note: field.reason,
    }),
    { maxItems: 8 },
  ),
});
export type SearchAnswer = Static<typeof SearchAnswer>;

export const searchStep = modelStep({
  name: 'search_agent',
  agents: ['SearchAgent'],
  times: 'run',
  input: Brief,
  context: 'whole',
  answer: SearchAnswer,
  attributes: Type.Object({ 'agento.sources.count': form.count() }),
});

export const ConstraintsAnswer = answer({
  constraints: Type.Array(answer({ quote: field.reason, text: field.reason, kind: ConstraintKind }), {
    maxItems: 12,
  }),
});
export type ConstraintsAnswer = Static<typeof ConstraintsAnswer>;

export const constraintExtraction = modelStep({
  name: 'constraint_extraction',
  agents: ['ConstraintExtractor'],
  times: 'run',
  beside: 'search_agent',
  input: Brief,
  context: 'whole',
  answer: ConstraintsAnswer,
  attributes: Type.Object({
    'agento.constraints.count': form.count(),
    'agento.constraints.dropped_count': Type.Optional(form.count('where some had no passage')),
  }),
});

export const CriteriaAnswer = answer({
  criteria: Type.Array(answer({ criteria: field.reason, reasoning: field.reason, rating: field.rating }), {
    minItems: 5,
    maxItems: 10,
  }),
});
export type CriteriaAnswer = Static<typeof CriteriaAnswer>;

export const criteriaGeneration = modelStep({
  name: 'criteria_generation',
  agents: ['CriteriaGenerator'],
  times: 'run',
  input: Type.Object({ ...Ground.properties, search_summary: Type.String() }),
  context: 'whole',
  answer: CriteriaAnswer,
  links: { search_summary: { to: ['search_agent'] }, constraints: constraintsLink },
  attributes: Type.Object({ 'agento.criteria.count': form.count() }),
});

export const CriteriaChoiceAnswer = answer({
  evaluations: Type.Array(answer({ criterion_id: field.id, reasoning: field.reason, rating: field.rating })),
  reason: field.reason,
  selected_ids: Type.Array(field.id, { minItems: 3, maxItems: 5 }),
  tie_break: Type.Union([field.reason, Type.Null()]),
});
export type CriteriaChoiceAnswer = Static<typeof CriteriaChoiceAnswer>;

export const criteriaEvaluation = modelStep({
  name: 'criteria_evaluation',
  agents: ['CriteriaEvaluator'],
  times: 'run',
  input: Type.Object({
    ...Ground.properties,
    search_summary: Type.String(),
    candidates: Type.Array(Type.Object({ ...CriterionView.properties, rating: Type.Number() })),
  }),
  context: 'whole',
  answer: CriteriaChoiceAnswer,
  links: { candidates: { to: ['criteria_generation'] }, constraints: constraintsLink },
  attributes: Type.Object({
    'agento.criteria.count': form.count(),
    'agento.criteria.selected_count': form.count(),
  }),
  decision: {
    kind: 'criteria_selection',
    by: 'rating',
    hasMargin: true,
    says: {
      candidates: 'the proposed criteria',
      scores: '`rating` 1–10',
      chosenBy: 'the CriteriaEvaluator',
    },
  },
  verdicts: { criterion_fit: { by: 'criterionId', score: 'rating ÷ 10; `pass`: selected' } },
});

/** Body of `POST /run` on module 1. Unknown fields are rejected, so that a misspelt option is noticed. */
export const Module1Input = Type.Object(
  {
    goal: Given.goal,
    context: Given.context,
    run_id: Type.Optional(RunId),
    session_id: Given.session_id,
    trace_metadata: Type.Optional(TraceMetadata),
    openai_trace_id: Type.Optional(
      Type.String({
        pattern: openaiTracePattern,
        description:
          'Trace of the OpenAI Agents SDK to link to: `trace_` and 32 hex digits, or 32 hex digits',
      }),
    ),
    stop_after: Type.Optional(StopAfter),
    limits: Type.Optional(RunLimits),
    replay: Type.Optional(Replay),
    review: Type.Optional(ReviewOption),
  },
  { additionalProperties: false },
);
export type Module1Input = Static<typeof Module1Input>;

export const Module1Adds = Type.Object({
  constraints: Type.Array(Constraint, {
    description: 'Constraints from goal and context; may be empty',
  }),
  constraints_left_out: Type.Integer({
    minimum: 0,
    description: 'How many the model named whose passage is not in goal or context',
  }),
  search_summary: Type.String(),
  search_mode: Type.Enum(['model_knowledge', 'web_search'], {
    description: 'Whether the summary rests on the model’s own knowledge or on the provider’s web search',
  }),
  sources: Type.Array(Source),
  success_criteria: Type.Array(SuccessCriterion, { minItems: 1 }),
  selected_criteria: Type.Array(SuccessCriterion, { minItems: 1 }),
});
export type Module1Adds = Static<typeof Module1Adds>;

/** Module 2's input. Outputs of version 1 have no constraints. */
export const Given2 = {
  ...Given,
  ...Module1Adds.properties,
  constraints: Type.Optional(Module1Adds.properties.constraints),
  constraints_left_out: Type.Optional(Module1Adds.properties.constraints_left_out),
};
export const Module1Output = outputOf(Given2);
export type Module1Output = Static<typeof Module1Output>;

export const module1: ModuleContract = {
  type: 'success_criteria_generator',
  title: 'Success criteria',
  input: Module1Input,
  output: Module1Output,
  adds: Module1Adds,
  steps: [searchStep, constraintExtraction, criteriaGeneration, criteriaEvaluation],
};
