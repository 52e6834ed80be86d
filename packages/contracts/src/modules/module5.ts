import Type, { type Static } from 'typebox';
import { answer, field } from '../answer.ts';
import { ConstraintStatus } from '../constraint.ts';
import { PlanOutline } from '../plan.ts';
import { HumanReview } from '../review.ts';
import {
  Artifact,
  CriterionFulfillment,
  FulfillmentStatus,
  Impact,
  QualityReport,
  RevisionResult,
} from '../revision.ts';
import { codeStep, constraintsLink, form, modelStep, type Scale } from '../step.ts';
import { CriterionView, Ground, ItemView, PlanView, RequestView, SuggestionView } from '../views.ts';
import { inputOf, type ModuleContract, outputOf } from './contract.ts';
import { Given5 } from './module4.ts';

const status = FulfillmentStatus;

/** The score of each criterion status. */
export const criterionScale = {
  attribute: 'agento.criterion.status',
  scores: { fully_met: 1, partially_met: 0.5, not_met: 0 },
  passes: 'fully_met',
} as const satisfies Scale;
/** The score of each constraint status. */
export const constraintScale = {
  attribute: 'agento.constraint.status',
  scores: { kept: 1, not_shown: 0.5, broken: 0 },
  passes: 'kept',
} as const satisfies Scale;

/** The first part of every revision step's input. */
const shown = {
  ...Ground.properties,
  criteria: Type.Array(CriterionView),
  item: ItemView,
  revision_request: RequestView,
};

export const humanReview = codeStep({
  name: 'human_review',
  kind: 'human.review',
  agents: ['HumanReviewer'],
  times: 'review decision',
  about: ['itemId'],
  links: {
    revision_request: { to: ['revision_generation'], names: ['itemId'] },
    approval: { to: ['revision_validation'], names: ['itemId'] },
  },
  attributes: Type.Object({
    'agento.review.by': form.name('the fingerprint of a key, or `anonymous`'),
    'agento.review.at': form.name('when, RFC 3339'),
    'agento.review.decision': form.name('`approve`, `reject` or `reword`'),
    'agento.review.approved_before': form.flag('what the RevisionEvaluator had decided'),
    'agento.revision.approved': form.flag('what is done'),
  }),
  decision: {
    kind: 'revision_approval',
    by: 'total',
    hasMargin: false,
    says: {
      candidates: 'the request, and where it was reworded the new one, `{id}-reworded`',
      scores: '`total`: 1 for what is carried out, else 0; no margin',
      chosenBy: 'a person',
    },
  },
});

export const revisionImplementation = codeStep({
  name: 'revision_implementation',
  kind: 'group',
  times: 'revision',
  about: ['itemId'],
  links: {
    approval: { to: ['revision_validation'], names: ['itemId'] },
    review: { to: ['human_review'], names: ['itemId'], when: 'where a person decided' },
  },
  attributes: Type.Object({
    'agento.attempts.count': form.count(),
    'agento.attempt.accepted': form.count('0: the original stays'),
  }),
  decision: {
    kind: 'attempt_acceptance',
    by: 'total',
    hasMargin: true,
    says: {
      candidates: '`original`, `attempt-1`, …',
      scores:
        'criterion id → 1 fully, 0.5 partially, 0 not met; `total`. The original by its baseline, else by the verdicts of module 3 (1 from 0.7, 0.5 from 0.5)',
      chosenBy: "code: the highest total, if above the original's",
    },
  },
});

/** Code derives from the statuses whether the targeted criteria are met. */
export const ImplementationAnswer = answer({
  criteria_fulfillment: Type.Array(answer({ criterion_id: field.id, explanation: field.reason, status })),
  feedback: Type.Array(
    answer({
      suggestion_id: field.id,
      evidence: field.reason,
      status: Type.Enum(['addressed', 'partial', 'ignored'], { type: 'string' }),
    }),
  ),
  reasoning: field.reason,
  score: field.percent,
  improvement_suggestions: Type.Array(field.reason, { maxItems: 10 }),
});
export type ImplementationAnswer = Static<typeof ImplementationAnswer>;

/** Input and answer of a text's judge: the same for the original and for an attempt. */
const judgement = {
  agents: ['ImplementationEvaluator'],
  judges: true,
  input: Type.Object({
    ...shown,
    revised_text: Type.String(),
    /** Feedback on the previous attempt; empty for the first attempt and for the original. */
    suggestions: Type.Array(SuggestionView),
  }),
  context: 'short',
  answer: ImplementationAnswer,
  attributes: Type.Object({
    'agento.attempt.meets_criteria': form.flag(),
    'agento.attempt.score': form.share(),
    'agento.suggestions.count': form.count(),
  }),
} as const;

/** The original text instead of a revised one: judged by the same agent, on the same scale. */
export const revisionBaseline = modelStep({
  name: 'revision_baseline',
  below: 'revision_implementation',
  times: 'revision',
  beside: 'revision_attempt',
  about: ['itemId'],
  ...judgement,
  links: { item: { to: ['item_generation'], names: ['itemId'] }, constraints: constraintsLink },
  verdicts: { baseline_criterion: { by: 'criterionId', of: 'itemId', passes: criterionScale } },
});

export const revisionAttempt = codeStep({
  name: 'revision_attempt',
  kind: 'group',
  below: 'revision_implementation',
  times: 'attempt',
  about: ['itemId', 'attempt'],
  links: {
    feedback: {
      to: ['revision_evaluation'],
      names: ['itemId', 'attempt'],
      when: 'from attempt 2 on',
      which: 'that of the attempt before',
    },
  },
  attributes: Type.Object({ 'agento.attempt.meets_criteria': form.flag() }),
});

/** `changes`: what to change and where, listed before the text is written. */
export const RevisedTextAnswer = answer({
  changes: Type.Array(field.reason, { minItems: 1, maxItems: 20 }),
  revised_text: field.text,
});
export type RevisedTextAnswer = Static<typeof RevisedTextAnswer>;

/** What both writers of a revised text share. */
const writing = {
  below: 'revision_attempt',
  about: ['itemId', 'attempt'],
  context: 'short',
  answer: RevisedTextAnswer,
  maxTokens: 16_384,
  links: { constraints: constraintsLink },
  attributes: Type.Object({ 'agento.revised_text.size': form.count('in bytes') }),
} as const;

export const revisionApply = modelStep({
  name: 'revision_apply',
  agents: ['RevisionApplier'],
  times: 'first attempt',
  ...writing,
  input: Type.Object({
    ...shown,
    impact_assessment: Type.Array(
      Type.Object({ criterion_id: Type.String(), impact: Impact, note: Type.String() }),
    ),
  }),
});

export const revisionRefinement = modelStep({
  name: 'revision_refinement',
  agents: ['RevisionRefiner'],
  times: 'later attempt',
  ...writing,
  input: Type.Object({
    ...shown,
    previous_text: Type.String(),
    evaluation: Type.Object({
      reasoning: Type.String(),
      criteria_fulfillment: Type.Array(
        Type.Object({
          criterion_id: Type.String(),
          explanation: Type.Optional(Type.String()),
          status,
        }),
      ),
    }),
    suggestions: Type.Array(SuggestionView),
  }),
});

export const revisionEvaluation = modelStep({
  name: 'revision_evaluation',
  below: 'revision_attempt',
  times: 'attempt',
  about: ['itemId', 'attempt'],
  ...judgement,
  links: {
    attempt: { to: ['revision_apply', 'revision_refinement'], names: ['itemId', 'attempt'] },
    constraints: constraintsLink,
  },
  events: {
    'agento.feedback': {
      fields: ['suggestion_id', 'text', 'status', 'evidence'],
      content: ['text', 'evidence'],
      note: 'each suggestion the attempt before was left with',
    },
  },
  verdicts: { revision_criterion: { by: 'criterionId', of: 'itemId', passes: criterionScale } },
});

export const finalAssembly = codeStep({
  name: 'final_assembly',
  kind: 'assembly',
  times: 'run',
  about: ['planId'],
  links: {
    accepted_attempt: {
      to: ['revision_apply', 'revision_refinement'],
      names: ['itemId', 'attempt'],
      when: 'where an attempt is kept',
    },
    original_item: { to: ['item_generation'], names: ['itemId'], when: 'where the original stays' },
  },
  attributes: Type.Object({ 'agento.items.count': form.count(), 'agento.items.revised_count': form.count() }),
});

export const QualityAnswer = answer({
  constraints: Type.Array(
    answer({
      constraint_id: field.id,
      explanation: field.reason,
      passage: field.reason,
      status: ConstraintStatus,
    }),
  ),
  criteria: Type.Array(answer({ criterion_id: field.id, explanation: field.reason, status })),
  strengths: Type.Array(field.reason, { maxItems: 10 }),
  open_issues: Type.Array(field.reason, { maxItems: 20 }),
  summary: field.reason,
});
export type QualityAnswer = Static<typeof QualityAnswer>;

export const qualityCheck = modelStep({
  name: 'quality_check',
  agents: ['QualityChecker'],
  times: 'run',
  about: ['planId'],
  judges: true,
  input: Type.Object({ ...Ground.properties, criteria: Type.Array(CriterionView), plan: PlanView }),
  context: 'short',
  answer: QualityAnswer,
  maxTokens: 16_384,
  links: { final_plan: { to: ['final_assembly'], names: ['planId'] }, constraints: constraintsLink },
  attributes: Type.Object({
    'agento.quality.share_met': form.share(),
    'agento.quality.publish': form.flag(),
    'agento.quality.broken_constraints': form.count(),
  }),
  decision: {
    kind: 'quality_gate',
    by: 'total',
    hasMargin: true,
    says: {
      candidates: '`publish`, `hold`',
      scores: '`total`: the share of criteria fully met (0 where a constraint is broken), and its rest',
      chosenBy: 'code: `publish` if more than half',
    },
  },
  verdicts: {
    plan_criterion: { by: 'criterionId', of: 'planId', passes: criterionScale },
    constraint: {
      by: 'constraintId',
      of: 'planId',
      passes: constraintScale,
      score: 'the explanation ends with the passage',
    },
  },
});

export const Module5Input = inputOf({ ...Given5, human_review: Type.Optional(HumanReview) });
export type Module5Input = Static<typeof Module5Input>;

export const Module5Adds = Type.Object({
  revision_results: Type.Array(RevisionResult),
  revised_outline: PlanOutline,
  criteria_fulfillment_summary: Type.Array(CriterionFulfillment),
  quality_report: QualityReport,
  final_plan: Artifact,
});
export type Module5Adds = Static<typeof Module5Adds>;

/** The input of a module after this one. */
export const Given6 = { ...Given5, human_review: Type.Optional(HumanReview), ...Module5Adds.properties };
export const Module5Output = outputOf(Given6);
export type Module5Output = Static<typeof Module5Output>;

export const module5: ModuleContract = {
  type: 'revision_implementer',
  title: 'Final plan',
  input: Module5Input,
  output: Module5Output,
  adds: Module5Adds,
  steps: [
    humanReview,
    revisionImplementation,
    revisionBaseline,
    revisionAttempt,
    revisionApply,
    revisionRefinement,
    revisionEvaluation,
    finalAssembly,
    qualityCheck,
  ],
};
