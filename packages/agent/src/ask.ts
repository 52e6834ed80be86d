import type { AnswerOf, Finding, InputOf, ModelStepDefinition, ProducedBy, Subject } from '@agento/contracts';
import { attribute, recordPrompt } from '@agento/tracing';
import type { Agent } from './agent.ts';
import type { ChatMessage } from './chat.ts';
import { converse, type Guard } from './conversation.ts';
import { StepError } from './errors.ts';
import { passGuardrails } from './guardrails.ts';
import { type AnswerIds, checkIds } from './narrow.ts';
import { renderInput } from './prompt.ts';
import { isLong, nextTurn } from './recorded-text.ts';
import type { Run } from './run.ts';
import { type Outcome, type Step, type StepStart, step } from './step.ts';

/** One question to an agent. */
export type Question<D extends ModelStepDefinition, Made> = StepStart<D> & {
  input: InputOf<D>;
  /** The input as ids, recorded with the step so that the prompt is not repeated. */
  given?: unknown;
  /** Which ids the answer must cover, and which it may choose from. */
  ids?: AnswerIds;
  /**
   * Checks that neither the schema nor the ids can express. Findings lead to one repair call; after it they fail the
   * step.
   */
  check?(answer: AnswerOf<D>, isRepaired: boolean): Finding[];
  /** Turns the answer into the result, with its ids and origin. */
  make(answer: AnswerOf<D>, producedBy: ProducedBy): Made;
  /** What to record of the result; decisions, verdicts and events are recorded on the step itself. */
  outcome(made: Made, step: Step<D>): Outcome<D>;
};

/**
 * Asks the agent in a step of its own: renders the input, calls the model, checks schema and meaning,
 * has the guardrails judge the answer, makes at most one repair call, and records all of it.
 *
 * @throws StepError `answer_invalid` when the repair did not help, `guardrail_blocked` when a guardrail lets no such answer
 *   pass, `model_*` when the model failed
 */
export function ask<D extends ModelStepDefinition, Made>(
  run: Run,
  agent: Agent<D>,
  question: Question<D, Made>,
): Promise<Made> {
  const key = callKey(run, agent, question);
  const { prompt = agent.prompt, model = run.models.settings.modelOf(agent.name) } = run.changed?.(key) ?? {};
  return step(
    run,
    agent.step,
    question,
    async (step) => {
      const { ids = {} } = question;
      const rails = run.guardrails?.of(run.module.number, agent.step.name, agent.name);
      const guard: Guard | null = rails
        ? (answer, isRepaired) =>
            passGuardrails(run, agent, rails, { answer, input: question.input }, isRepaired)
        : null;
      const conversation = converse(
        run,
        agent,
        { model, promptVersion: prompt.version },
        key,
        step,
        ids,
        guard,
      );
      const input = renderInput(question.input as object);
      const messages: ChatMessage[] = [
        { role: 'system', content: prompt.text },
        { role: 'user', content: input },
      ];
      if (isLong(input)) await nextTurn();
      recordPrompt(step.span, messages as Parameters<typeof recordPrompt>[1]);
      if (isLong(input)) await nextTurn();
      const check = (answer: unknown, isRepaired: boolean) => {
        const found = checkIds(answer, ids);
        return found.length > 0 ? found : (question.check?.(answer as AnswerOf<D>, isRepaired) ?? []);
      };
      const producedBy = (model: string, responseId = ''): ProducedBy => ({
        agent_name: agent.name,
        model,
        prompt_version: prompt.version,
        prompt_sha256: prompt.sha256,
        ...step.reference,
        // What a judge says is judged by nobody, and there is much of it.
        ...(responseId !== '' && agent.step.verdicts === undefined && { response_id: responseId }),
      });
      const {
        answer,
        model: answeredBy,
        responseId,
      } = await conversation(messages, check).catch((error: unknown) => {
        if (error instanceof StepError) error.askedBy = producedBy(model);
        throw error;
      });
      const made = question.make(answer as AnswerOf<D>, producedBy(answeredBy, responseId));
      step.finish(question.outcome(made, step));
      step.capture(question.given ?? step.about, made);
      return made;
    },
    {
      agentName: agent.name,
      promptSha256: prompt.sha256,
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
  );
}

/** `m3/expansion_evaluation/ItemEvaluator/p2-i1/c4`: the same when the same call is made in a repeated run. */
function callKey(run: Run, agent: Agent, about: object): string {
  const ids = about as Partial<Record<Subject, string | number>>;
  const parts = [ids.planId, ids.itemId, ids.criterionId, ids.attempt];
  return [
    `m${run.module.number}`,
    agent.step.name,
    agent.name,
    ...parts.filter((part) => part !== undefined),
  ].join('/');
}
