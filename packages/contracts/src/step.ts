/**
 * What a step is, said once: modules run these definitions, the validator holds traces to them, the offline model
 * finds its rules by them, the estimate counts with them, and the tables of docs/telemetry.md are made from them.
 */
import Type, { type Static, type TObject } from 'typebox';

/**
 * What a step can be about: the attribute that says so on its span and on the calls below it, and the field that does in
 * its events.
 */
export const subjects = {
  itemId: { attribute: 'agento.item.id', field: 'item_id' },
  criterionId: { attribute: 'agento.criterion.id', field: 'criterion_id' },
  planId: { attribute: 'agento.plan.id', field: 'plan_id' },
  attempt: { attribute: 'agento.attempt', field: 'attempt' },
} as const;
export type Subject = keyof typeof subjects;

/** How often a module takes a step. */
export type Times =
  | 'run'
  | 'agent'
  | 'item'
  | 'item and criterion'
  | 'failed item'
  | 'revision'
  | 'attempt'
  | 'first attempt'
  | 'later attempt'
  | 'guardrail';

/** A link to the steps that made what this one works on; its relationship is its key in `links`. */
export interface LinkDefinition {
  /** Names of the steps it may lead to. */
  to: readonly string[];
  /** What the link itself names, because its target made several, or stands beside others of its kind. */
  names?: readonly Subject[];
  /** When it is there, in words; absent: always. */
  when?: string;
  /** For the reader: which of several it leads to. */
  which?: string;
}

/** Where a judge answers in words: the attribute they stand in, what each counts for, and the one that passes. */
export interface Scale {
  attribute: 'agento.criterion.status' | 'agento.constraint.status';
  scores: Readonly<Record<string, number>>;
  passes: string;
}

/** A verdict, as the event `gen_ai.evaluation.result` on the judge's span; its name is its key in `verdicts`. */
export interface VerdictDefinition {
  by: 'criterionId' | 'constraintId';
  /** What is judged; absent: the criteria themselves. */
  of?: 'itemId' | 'planId';
  /** The least score that passes, or the judge's words. Absent: code says which pass. */
  passes?: number | Scale;
  /** What the score is, in words, where `passes` does not say it. */
  score?: string;
}

/** A choice between candidates, as the event and the attributes `agento.decision`. */
export interface DecisionDefinition {
  kind: string;
  /** Name of the score that decides. */
  by: 'total' | 'rating';
  /** Whether the lead of the chosen over the rest is recorded. */
  hasMargin: boolean;
  /** For the reader: what can be chosen, what the scores are, and who chooses how. */
  says: { candidates: string; scores: string; chosenBy: string };
}

/** A step that no model is asked in. */
export interface StepDefinition {
  /** Name of its span. */
  name: string;
  /** Value of `agento.step`. */
  kind: string;
  /** The step whose span its own lies under; absent: `run_module_N`. */
  below?: string;
  times: Times;
  about?: readonly Subject[];
  links?: Readonly<Record<string, LinkDefinition>>;
  /** Attributes that say what came out, each with its form. */
  attributes?: TObject;
  /** Attributes that hold content, which is left out while content is off, each with what it is. */
  content?: Readonly<Record<string, string>>;
  /** Events beside `capture.{name}`, decision and verdicts, each with its fields and when it is there. */
  events?: Readonly<Record<string, { fields: readonly string[]; note?: string }>>;
  decision?: DecisionDefinition;
  verdicts?: Readonly<Record<string, VerdictDefinition>>;
}

/** A step that asks a model. */
export interface ModelStepDefinition extends StepDefinition {
  kind: 'agent.run';
  /** Who may take it: the heading of the prompt. */
  agents: readonly [string, ...string[]];
  /** What the model is shown, as the JSON between the input's delimiters. */
  input: TObject;
  /** Whether a long context is shown to it too. */
  context: 'whole' | 'short';
  /** What the model fills in. */
  answer: TObject;
  /** Most tokens of the answer, where AGENTO_MAX_TOKENS says nothing; absent: as of most (packages/agent). */
  maxTokens?: number;
  /** The step it is taken beside: it takes no time of its own. */
  beside?: string;
  /** A judgement: its module goes on without one that could not be had. */
  judges?: true;
}

/** Defines a step that asks a model, and keeps what its members are by their very names. */
export function modelStep<const D extends Omit<ModelStepDefinition, 'kind'>>(definition: D) {
  return { ...definition, kind: 'agent.run' as const };
}

/** Defines a step that code takes. */
export function codeStep<const D extends StepDefinition>(definition: D): D {
  return definition;
}

export function asksModel(step: StepDefinition): step is ModelStepDefinition {
  return 'answer' in step;
}

/** What its model is shown. */
export type InputOf<D extends ModelStepDefinition> = Static<D['input']>;
/** What its model fills in. */
export type AnswerOf<D extends ModelStepDefinition> = Static<D['answer']>;

/** What a step of this definition says it is about. */
export type SubjectsOf<D extends StepDefinition> = {
  [S in NonNullable<D['about']>[number]]: S extends 'attempt' ? number : string;
};
/** What it says came out. */
export type AttributesOf<D extends StepDefinition> = D['attributes'] extends TObject
  ? Static<D['attributes']>
  : Record<never, never>;
/** Names of the verdicts it may give. */
export type VerdictOf<D extends StepDefinition> = keyof NonNullable<D['verdicts']> & string;

type Links<D extends StepDefinition> = NonNullable<D['links']>;
type Conditional<D extends StepDefinition> = {
  [R in keyof Links<D>]: Links<D>[R] extends { when: string } ? R : never;
}[keyof Links<D>];
/** Its links by relationship: those that have a `when` may be left out. */
export type LinksOf<D extends StepDefinition, Link> = {
  [R in Exclude<keyof Links<D>, Conditional<D>>]: Link | Link[];
} & { [R in Conditional<D>]?: Link | Link[] };

const noted = (note?: string) => (note === undefined ? {} : { note });

/** The forms of attributes: `description` says the form in words; a `note` says what the value means. */
export const form = {
  count: (note?: string) =>
    Type.Integer({ minimum: 0, description: 'a whole number from 0 up', ...noted(note) }),
  share: (note?: string) =>
    Type.Number({ minimum: 0, maximum: 1, description: 'a number from 0 to 1', ...noted(note) }),
  rating: (note?: string) =>
    Type.Number({ minimum: 1, maximum: 10, description: 'a number from 1 to 10', ...noted(note) }),
  flag: (note?: string) => Type.Boolean({ description: 'true or false', ...noted(note) }),
  name: (note?: string) => Type.String({ minLength: 1, description: 'a non-empty string', ...noted(note) }),
};

/** The constraints it was shown lead to the step that found them. */
export const constraintsLink = {
  to: ['constraint_extraction'],
  when: 'where it found any',
} as const satisfies LinkDefinition;
