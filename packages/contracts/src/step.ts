/**
 * The definition of a step, in one place: modules run these definitions, the validator checks traces against them, the
 * offline model finds its rules by them, the estimate counts with them, and the tables of docs/telemetry.md are
 * generated from them.
 */
import Type, { type Static, type TObject } from 'typebox';

/** What a step can be about: the attribute on its span and on the calls below it, and the field in its events. */
export const subjects = {
  itemId: { attribute: 'agento.item.id', field: 'item_id' },
  criterionId: { attribute: 'agento.criterion.id', field: 'criterion_id' },
  planId: { attribute: 'agento.plan.id', field: 'plan_id' },
  attempt: { attribute: 'agento.attempt', field: 'attempt' },
} as const;
export type Subject = keyof typeof subjects;

/** How often a module takes a step: once for each of these. */
export type Times =
  | 'run'
  | 'agent'
  | 'item'
  | 'item and criterion'
  | 'failed item'
  | 'revision'
  | 'review decision'
  | 'attempt'
  | 'first attempt'
  | 'later attempt'
  | 'guardrail';

/** A link to the steps whose results this one uses; the key in `links` is its relationship. */
export interface LinkDefinition {
  /** Names of the steps it may point to. */
  to: readonly string[];
  /** What the link itself names, if its target made several, or to tell it from others of its kind. */
  names?: readonly Subject[];
  /** When the link exists, in words; absent: always. */
  when?: string;
  /** For the documentation: which of several it points to. */
  which?: string;
}

/** A judge's verbal scale: the attribute of the status, the score of each status, and the one that passes. */
export interface Scale {
  attribute: 'agento.criterion.status' | 'agento.constraint.status';
  scores: Readonly<Record<string, number>>;
  passes: string;
}

/**
 * A verdict, recorded as the event `gen_ai.evaluation.result` on the judge's span; the key in `verdicts` is its name.
 */
export interface VerdictDefinition {
  by: 'criterionId' | 'constraintId';
  /** What is judged; absent: the criteria themselves. */
  of?: 'itemId' | 'planId';
  /** The least score that passes, or a verbal scale. Absent: code decides which pass. */
  passes?: number | Scale;
  /** What the score is, in words, if `passes` does not say so. */
  score?: string;
}

/** A choice between candidates, recorded as the event and the attributes `agento.decision`. */
export interface DecisionDefinition {
  kind: string;
  /** Name of the score that decides. */
  by: 'total' | 'rating';
  /** Whether the chosen candidate's lead over the rest is recorded. */
  hasMargin: boolean;
  /** For the documentation: what can be chosen, what the scores are, and who chooses how. */
  says: { candidates: string; scores: string; chosenBy: string };
}

/** An event besides `capture.{name}`, decision and verdicts. */
export interface EventDefinition {
  fields: readonly string[];
  /** The fields that hold content, which is omitted while content is off. */
  content: readonly string[];
  /** For the reader: what it is, or when it is there. */
  note?: string;
}

/** A step without a model. */
export interface StepDefinition {
  /** Name of its span. */
  name: string;
  /** Value of `agento.step`. */
  kind: string;
  /** Who may take it: for a model's step the headings of its prompts; absent: the module itself. */
  agents?: readonly [string, ...string[]];
  /** The step whose span is the parent; absent: `run_module_N`. */
  below?: string;
  times: Times;
  about?: readonly Subject[];
  links?: Readonly<Record<string, LinkDefinition>>;
  /** Attributes for the step's result, each with its form. */
  attributes?: TObject;
  /** Attributes with content, omitted while content is off, each with what it holds. */
  content?: Readonly<Record<string, string>>;
  /** Events besides `capture.{name}`, decision and verdicts, each with its fields and when it is recorded. */
  events?: Readonly<Record<string, EventDefinition>>;
  decision?: DecisionDefinition;
  verdicts?: Readonly<Record<string, VerdictDefinition>>;
}

/** A step that asks a model. */
export interface ModelStepDefinition extends StepDefinition {
  kind: 'agent.run';
  agents: readonly [string, ...string[]];
  /** What the model is shown, as the JSON between the input's delimiters. */
  input: TObject;
  /** Whether the model is shown a long context too. */
  context: 'whole' | 'short';
  /** What the model fills in. */
  answer: TObject;
  /** Token limit of the answer if AGENTO_MAX_TOKENS is unset; absent: the default of packages/agent. */
  maxTokens?: number;
  /** The step it runs in parallel with: it adds no time of its own. */
  beside?: string;
  /** A judgement: the module can continue without it. */
  judges?: true;
}

/** Defines a step that asks a model; keeps the literal types of its members. */
export function modelStep<const D extends Omit<ModelStepDefinition, 'kind'>>(definition: D) {
  return { ...definition, kind: 'agent.run' as const };
}

/** Defines a step without a model. */
export function codeStep<const D extends StepDefinition>(definition: D): D {
  return definition;
}

export function asksModel(step: StepDefinition): step is ModelStepDefinition {
  return 'answer' in step;
}

/** What the model is shown. */
export type InputOf<D extends ModelStepDefinition> = Static<D['input']>;
/** What the model fills in. */
export type AnswerOf<D extends ModelStepDefinition> = Static<D['answer']>;

/** What a step of this definition is about. */
export type SubjectsOf<D extends StepDefinition> = {
  [S in NonNullable<D['about']>[number]]: S extends 'attempt' ? number : string;
};
/** The attributes of its result. */
export type AttributesOf<D extends StepDefinition> = D['attributes'] extends TObject
  ? Static<D['attributes']>
  : Record<string, never>;
/** Names of the verdicts it can give. */
export type VerdictOf<D extends StepDefinition> = keyof NonNullable<D['verdicts']> & string;

type Scored<V extends VerdictDefinition> = V['passes'] extends Scale
  ? { status: keyof V['passes']['scores'] & string }
  : V['passes'] extends number
    ? { score: number }
    : { score: number; passes: boolean };
/**
 * A verdict without what its definition says: the score from 0 to 1, or the judge's words where they decide; `responseId`:
 * of the call whose answer is judged.
 */
export type JudgedBy<V extends VerdictDefinition> = {
  explanation: string;
  responseId?: string | undefined;
} & Scored<V> &
  Record<V['by'] | Extract<V['of'], string>, string>;

type Links<D extends StepDefinition> = NonNullable<D['links']>;
type Conditional<D extends StepDefinition> = {
  [R in keyof Links<D>]: Links<D>[R] extends { when: string } ? R : never;
}[keyof Links<D>];
/** Its links by relationship: those with a `when` are optional. */
export type LinksOf<D extends StepDefinition, Link> = {
  [R in Exclude<keyof Links<D>, Conditional<D>>]: Link | Link[];
} & { [R in Conditional<D>]?: Link | Link[] };

const noted = (note?: string) => (note === undefined ? {} : { note });

/** The forms of attributes: `description` is the form in words; `note` is what the value means. */
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

/** From the step that was shown constraints to the one that found them. */
export const constraintsLink = {
  to: ['constraint_extraction'],
  when: 'where it found any',
} as const satisfies LinkDefinition;
