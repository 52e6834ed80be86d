import type { Finding, ModelStep, ProducedBy, StepInputs } from '@agento/contracts';
import { type Attributes, attribute, recordPrompt, type Span, type SpanLink } from '@agento/tracing';
import type { Static, TSchema } from 'typebox';
import type { ChatMessage } from './chat.ts';
import { converse } from './conversation.ts';
import { StepError } from './errors.ts';
import { type AnswerIds, checkIds } from './narrow.ts';
import { loadPrompt, type Prompt, renderInput } from './prompt.ts';
import { isLong, nextTurn } from './recorded-text.ts';
import type { Run } from './run.ts';
import { type Step, type Subject, step } from './step.ts';

/** A role with its prompt and the shape of its answer. */
export interface Agent<S extends ModelStep, A extends TSchema> {
  name: string;
  step: S;
  prompt: Prompt;
  answer: A;
  /** Offers the provider's web search as a tool where the settings allow it. */
  searches: boolean;
}

/** Reads the prompt and makes the agent; the prompt's front matter names it. */
export function defineAgent<S extends ModelStep, A extends TSchema>(agent: {
  step: S;
  prompt: URL;
  answer: A;
  searches?: boolean;
}): Agent<S, A> {
  const prompt = loadPrompt(agent.prompt);
  return {
    name: prompt.agent,
    step: agent.step,
    prompt,
    answer: agent.answer,
    searches: agent.searches ?? false,
  };
}

/** One question to an agent. */
export interface Question<S extends ModelStep, Answer, Made> extends Subject {
  input: StepInputs[S];
  links?: SpanLink[];
  /** What the input consists of, by id: recorded instead of repeating the prompt. */
  given?: unknown;
  /** What the answer is about: one entry for each of these things, names only among those. */
  ids?: AnswerIds;
  /** What neither the schema nor the ids can say. Findings lead to one repair call; after it they fail the step. */
  check?(answer: Answer, isRepaired: boolean): Finding[];
  /** Gives the answer its ids and its origin. */
  make(answer: Answer, producedBy: ProducedBy, step: Step): Made;
  /** What people who watch should read, and what the span should say of the outcome. */
  outcome(made: Made, span: Span): { summary: string; attributes: Attributes };
}

/**
 * Asks the agent in a step of its own: renders the input, calls the model, checks schema and meaning,
 * makes at most one repair call, and records all of it.
 *
 * @throws StepError `answer_invalid` when the repair did not help, `model_*` when the model failed
 */
export function ask<S extends ModelStep, A extends TSchema, Made>(
  run: Run,
  agent: Agent<S, A>,
  question: Question<S, Static<A>, Made>,
): Promise<Made> {
  const { prompt } = agent;
  const model = run.models.settings.modelOf(agent.name);
  const subject: Subject = {
    itemId: question.itemId,
    criterionId: question.criterionId,
    planId: question.planId,
    attempt: question.attempt,
  };
  return step(
    run,
    {
      name: agent.step,
      kind: 'agent.run',
      agentName: agent.name,
      promptSha256: prompt.sha256,
      ...subject,
      ...(question.links && { links: question.links }),
      attributes: {
        [attribute.agentModel]: model,
        [attribute.genAiOperation]: 'invoke_agent',
        [attribute.genAiAgentName]: agent.name,
        [attribute.genAiProvider]: run.models.settings.provider,
        [attribute.genAiRequestModel]: model,
        [attribute.promptVersion]: prompt.version,
        [attribute.promptSha256]: prompt.sha256,
      },
    },
    async (step) => {
      const { ids = {} } = question;
      const conversation = converse(run, agent, model, callKey(run, agent, subject), step, ids);
      const input = renderInput(question.input);
      const messages: ChatMessage[] = [
        { role: 'system', content: prompt.text },
        { role: 'user', content: input },
      ];
      if (isLong(input)) await nextTurn();
      recordPrompt(step.span, messages as Parameters<typeof recordPrompt>[1]);
      if (isLong(input)) await nextTurn();
      const check = (answer: Static<A>, isRepaired: boolean) => {
        const found = checkIds(answer, ids);
        return found.length > 0 ? found : (question.check?.(answer, isRepaired) ?? []);
      };
      const producedBy = (model: string): ProducedBy => ({
        agent_name: agent.name,
        model,
        prompt_version: prompt.version,
        prompt_sha256: prompt.sha256,
        ...step.reference,
      });
      const { answer, model: answeredBy } = await conversation(messages, check).catch((error: unknown) => {
        if (error instanceof StepError) error.askedBy = producedBy(model);
        throw error;
      });
      const made = question.make(answer, producedBy(answeredBy), step);
      const { summary, attributes } = question.outcome(made, step.span);
      step.summary = summary;
      step.span.setAttributes(attributes);
      step.capture(question.given ?? subjectIds(subject), made);
      return made;
    },
  );
}

/** `m3/expansion_evaluation/ItemEvaluator/p2-i1/c4`: the same for the same call of a run made again. */
function callKey(run: Run, agent: Agent<ModelStep, TSchema>, subject: Subject): string {
  const parts = [subject.planId, subject.itemId, subject.criterionId, subject.attempt];
  return [
    `m${run.module.number}`,
    agent.step,
    agent.name,
    ...parts.filter((part) => part !== undefined),
  ].join('/');
}

function subjectIds({ itemId, criterionId, planId, attempt }: Subject): object {
  return { item_id: itemId, criterion_id: criterionId, plan_id: planId, attempt };
}
