import Type, { type Static } from 'typebox';
import { answer, field } from '../answer.ts';
import { Id } from '../ids.ts';
import { Artifact } from '../revision.ts';
import { constraintsLink, form, modelStep } from '../step.ts';
import { ProducedBy } from '../trace-metadata.ts';
import { Ground, PlanView } from '../views.ts';
import { inputOf, type ModuleContract, outputOf } from './contract.ts';
import { Given6 } from './module5.ts';

export const BriefAnswer = answer({
  opening: field.reason,
  parts: Type.Array(answer({ item_id: field.id, sentence: field.reason })),
  closing: field.reason,
});
export type BriefAnswer = Static<typeof BriefAnswer>;

export const briefWriting = modelStep({
  name: 'brief_writing',
  agents: ['Publisher'],
  times: 'run',
  about: ['planId'],
  input: Type.Object({
    ...Ground.properties,
    plan: PlanView,
    quality: Type.Object({ decision: Type.String(), summary: Type.String() }),
  }),
  context: 'short',
  answer: BriefAnswer,
  links: {
    judgement: { to: ['quality_check'], names: ['planId'] },
    constraints: constraintsLink,
  },
  attributes: Type.Object({ 'agento.brief.size': form.count('in bytes') }),
  content: { 'agento.brief': 'the text' },
});

/** The plan on one page; `parts` has a sentence for each of its items. */
export const PlanBrief = Type.Object({
  title: Type.String({ minLength: 1 }),
  opening: Type.String(),
  parts: Type.Array(Type.Object({ item_id: Id, item_title: Type.String(), sentence: Type.String() })),
  closing: Type.String(),
  produced_by: ProducedBy,
});
export type PlanBrief = Static<typeof PlanBrief>;

export const Module6Input = inputOf(Given6);
export type Module6Input = Static<typeof Module6Input>;

export const Module6Adds = Type.Object({ brief: PlanBrief, brief_document: Artifact });
export type Module6Adds = Static<typeof Module6Adds>;

export const Module6Output = outputOf({ ...Given6, ...Module6Adds.properties });
export type Module6Output = Static<typeof Module6Output>;

export const module6: ModuleContract = {
  type: 'publisher',
  title: 'Brief',
  input: Module6Input,
  output: Module6Output,
  adds: Module6Adds,
  steps: [briefWriting],
};
