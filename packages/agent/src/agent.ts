import { type Finding, findings, type ModelStep, type ProducedBy, type StepInputs } from '@agento/contracts';
import {
  type Attributes,
  attribute,
  recordPrompt,
  recordResponse,
  type Span,
  type SpanLink,
} from '@agento/tracing';
import type { Static, TSchema } from 'typebox';
import type { ChatAnswer, ChatMessage } from './chat.ts';
import { StepError } from './errors.ts';
import { loadPrompt, type Prompt, renderInput } from './prompt.ts';
import type { Run } from './run.ts';
import { type Step, type Subject, step } from './step.ts';
import { searchWeb, webSearchTool } from './web-search.ts';

/** Most rounds of tool calls before an answer is due. */
const maxToolRounds = 4;

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
  /** What the schema cannot say: ids that exist, every criterion judged. Findings lead to one repair call. */
  check?(answer: Answer): Finding[];
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
      const conversation = converse(run, agent, model, callKey(run, agent, subject), step);
      const messages: ChatMessage[] = [
        { role: 'system', content: prompt.text },
        { role: 'user', content: renderInput(question.input) },
      ];
      recordPrompt(step.span, messages as Parameters<typeof recordPrompt>[1]);
      const check = (answer: Static<A>) => question.check?.(answer) ?? [];
      const { answer, model: answeredBy } = await conversation(messages, check);
      const made = question.make(
        answer,
        {
          agent_name: agent.name,
          model: answeredBy,
          prompt_version: prompt.version,
          prompt_sha256: prompt.sha256,
          ...step.reference,
        },
        step,
      );
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

/** The conversation with the model within one step: tool rounds, then the answer, then perhaps a repair. */
function converse<A extends TSchema>(
  run: Run,
  agent: Agent<ModelStep, A>,
  model: string,
  key: string,
  step: Step,
) {
  let calls = 0;
  const searches = agent.searches && run.models.settings.webSearch;
  const count = (answer: ChatAnswer) => {
    const { input, output } = answer.usage;
    step.usage.input_tokens += input;
    step.usage.output_tokens += output;
    const { model, provider, costUsd } = answer;
    run.ledger.add({ agentName: agent.name, model, provider, costUsd, input, output });
  };

  async function call(messages: ChatMessage[], repair: boolean): Promise<ChatAnswer> {
    calls += 1;
    const answer = await run.models.chat({
      model,
      messages,
      schema: { name: agent.step, schema: agent.answer },
      ...(searches && { tools: [webSearchTool] }),
      key: calls === 1 ? key : `${key}/call-${calls}`,
      signal: run.signal,
      repair,
      ownRecord: calls > 1,
    });
    count(answer);
    step.span.setAttribute(attribute.genAiProvider, answer.provider);
    return answer;
  }

  return async (
    first: ChatMessage[],
    check: (answer: Static<A>) => Finding[],
  ): Promise<{ answer: Static<A>; model: string }> => {
    let messages = first;
    let reply = await call(messages, false);
    for (let round = 1; reply.message.tool_calls.length > 0 && round <= maxToolRounds; round += 1) {
      const results = await Promise.all(
        reply.message.tool_calls.map(async (toolCall, index): Promise<ChatMessage> => {
          const found = await searchWeb(run, toolCall, `${key}/search-${round}-${index + 1}`, count);
          return { role: 'tool', tool_call_id: toolCall.id, content: JSON.stringify(found) };
        }),
      );
      messages = [...messages, reply.sent, ...results];
      reply = await call(messages, false);
    }
    let checked = read(agent, reply, check);
    if (checked.problems.length > 0) {
      step.span.setAttribute('agento.repaired', true);
      messages = [...messages, reply.sent, { role: 'user', content: repairRequest(checked.problems) }];
      reply = await call(messages, true);
      checked = read(agent, reply, check);
    }
    recordResponse(step.span, reply.message.content ?? '');
    if (checked.problems.length > 0) {
      const where = checked.problems.map(({ pointer, detail }) => `${pointer || '/'} ${detail}`).join('; ');
      throw new StepError('answer_invalid', `The answer is still not usable after one repair: ${where}`);
    }
    return { answer: checked.answer as Static<A>, model: reply.model || model };
  };
}

/** Parses and checks an answer; a refusal is no answer to repair. */
function read<A extends TSchema>(
  agent: Agent<ModelStep, A>,
  reply: ChatAnswer,
  check: (answer: Static<A>) => Finding[],
): { answer: unknown; problems: Finding[] } {
  if (reply.message.refusal) throw new StepError('model_refused', 'The model declined to answer');
  const content = reply.message.content ?? '';
  let answer: unknown;
  try {
    answer = JSON.parse(content);
  } catch {
    const cut = reply.message.finish_reason === 'length';
    return {
      answer: null,
      problems: [
        { pointer: '', detail: cut ? 'the JSON was cut off: answer more briefly' : 'this is not JSON' },
      ],
    };
  }
  const shape = findings(agent.answer, answer);
  return { answer, problems: shape.length > 0 ? shape : check(answer as Static<A>) };
}

function repairRequest(problems: Finding[]): string {
  const lines = problems.map(({ pointer, detail }) => `- ${pointer || 'the whole answer'}: ${detail}`);
  return `Your answer cannot be used as it is:\n${lines.join('\n')}\nAnswer again with the whole corrected JSON object.`;
}
