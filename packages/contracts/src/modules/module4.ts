import Type, { type Static } from 'typebox';
import { answer, field } from '../answer.ts';
import { CriterionCoverage, Impact, ItemDetail } from '../revision.ts';
import { constraintsLink, form, modelStep } from '../step.ts';
import { CriterionView, Ground, ItemView, RequestView, VerdictView } from '../views.ts';
import { inputOf, type ModuleContract, outputOf } from './contract.ts';
import { Given4 } from './module3.ts';

/** The first part of every step's input in this module. */
const shown = { ...Ground.properties, criteria: Type.Array(CriterionView), item: ItemView };

export const AssessmentAnswer = answer({
  shortfalls: Type.Array(answer({ criterion_id: field.id, reason: field.reason })),
  summary: field.reason,
});
export type AssessmentAnswer = Static<typeof AssessmentAnswer>;

export const deficiencyAnalysis = modelStep({
  name: 'deficiency_analysis',
  agents: ['CriteriaAssessor'],
  times: 'failed item',
  about: ['itemId'],
  judges: true,
  input: Type.Object({ ...shown, verdicts: Type.Array(VerdictView) }),
  context: 'short',
  answer: AssessmentAnswer,
  links: {
    failed_verdict: {
      to: ['expansion_evaluation'],
      names: ['itemId', 'criterionId'],
      which: 'each of the item that failed',
    },
    constraints: constraintsLink,
  },
  attributes: Type.Object({ 'agento.shortfalls.count': form.count() }),
});

export const RevisionRequestAnswer = answer({
  reasoning: field.reason,
  targeted_criteria: Type.Array(field.id, { minItems: 1 }),
  revision_request_content: field.text,
});
export type RevisionRequestAnswer = Static<typeof RevisionRequestAnswer>;

export const revisionGeneration = modelStep({
  name: 'revision_generation',
  agents: ['RevisionRequester'],
  times: 'failed item',
  about: ['itemId'],
  input: Type.Object({
    ...shown,
    assessment: Type.Object({
      summary: Type.String(),
      shortfalls: Type.Array(Type.Object({ criterion_id: Type.String(), reason: Type.String() })),
    }),
  }),
  context: 'short',
  answer: RevisionRequestAnswer,
  links: {
    deficiency: { to: ['deficiency_analysis'], names: ['itemId'] },
    constraints: constraintsLink,
  },
  attributes: Type.Object({ 'agento.targeted_criteria.count': form.count() }),
});

export const ApprovalAnswer = answer({
  impact_assessment: Type.Array(answer({ criterion_id: field.id, note: field.reason, impact: Impact })),
  reasoning: field.reason,
  approved: Type.Boolean(),
});
export type ApprovalAnswer = Static<typeof ApprovalAnswer>;

export const revisionValidation = modelStep({
  name: 'revision_validation',
  agents: ['RevisionEvaluator'],
  times: 'failed item',
  about: ['itemId'],
  judges: true,
  input: Type.Object({ ...shown, revision_request: RequestView }),
  context: 'short',
  answer: ApprovalAnswer,
  links: {
    revision_request: { to: ['revision_generation'], names: ['itemId'] },
    constraints: constraintsLink,
  },
  attributes: Type.Object({ 'agento.revision.approved': form.flag() }),
  events: { comparison: { fields: ['original', 'suggested'], content: ['original', 'suggested'] } },
  decision: {
    kind: 'revision_approval',
    by: 'total',
    hasMargin: false,
    says: {
      candidates: 'the one request',
      scores: 'criterion id → 1 improve, 0 no_change, −1 worsen; `total`; no margin',
      chosenBy: 'the RevisionEvaluator',
    },
  },
});

export const Module4Input = inputOf(Given4);
export type Module4Input = Static<typeof Module4Input>;

export const Module4Adds = Type.Object({
  item_details: Type.Array(ItemDetail),
  criteria_coverage_summary: Type.Array(CriterionCoverage),
});
export type Module4Adds = Static<typeof Module4Adds>;

/** Module 5's input. */
export const Given5 = { ...Given4, ...Module4Adds.properties };
export const Module4Output = outputOf(Given5);
export type Module4Output = Static<typeof Module4Output>;

export const module4: ModuleContract = {
  type: 'deficiency_identifier',
  title: 'Deficiencies',
  input: Module4Input,
  output: Module4Output,
  adds: Module4Adds,
  steps: [deficiencyAnalysis, revisionGeneration, revisionValidation],
};
