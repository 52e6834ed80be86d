import { type Finding, findings } from '@agento/contracts';
import { attribute, recordResponse, recordsContent } from '@agento/tracing';
import type { TSchema } from 'typebox';
import type { Agent } from './agent.ts';
import type { ChatAnswer, ChatMessage } from './chat.ts';
import { StepError } from './errors.ts';
import { type AnswerIds, narrowSchema } from './narrow.ts';
import type { Run } from './run.ts';
import type { Step } from './step.ts';
import { createToolRounds } from './tool-rounds.ts';
import { webSearchTool } from './web-search.ts';

/** How much of an invalid answer the model is shown again, in characters. */
const mostShown = 65_536;
/** Most findings reported for an answer, and most characters of each and of all together. */
const most = { findings: 8, detail: 300, message: 2_000 };

/** What is to be repaired in an answer that is valid. */
export type Guard = (answer: unknown, isRepaired: boolean) => Promise<Finding[]>;

/**
 * The conversation with the model within one step: tool rounds, then the answer, then a repair if needed. The answer
 * matches the step's schema, `check` found nothing wrong with it, and the guardrails let it pass.
 */
export function converse(
  run: Run,
  agent: Agent,
  { model, promptVersion }: { model: string; promptVersion: string },
  key: string,
  step: Pick<Step, 'span' | 'addUsage'>,
  ids: AnswerIds,
  guard: Guard | null,
) {
  const { name, answer: schema, maxTokens } = agent.step;
  let calls = 0;
  const searches = agent.searches && run.models.settings.webSearch;
  const { settings } = run.changed?.(key) ?? {};
  const count = (answer: ChatAnswer) => {
    if (answer.replayed) return;
    const { model, provider, costUsd, usage } = answer;
    const used = { input: usage.input, output: usage.output, costUsd };
    step.addUsage(used);
    run.ledger.add({ agentName: agent.name, model, provider, ...used });
  };

  async function call(messages: ChatMessage[], repair: boolean): Promise<ChatAnswer> {
    calls += 1;
    const answer = await run.budget.within(
      model,
      (begin) =>
        run.models.chat({
          model,
          messages,
          prompt: { name: agent.name, version: promptVersion },
          schema: { name, schema, narrowed: () => narrowSchema(schema, ids) },
          ...(maxTokens !== undefined && { maxTokens }),
          ...(settings && { settings }),
          ...(searches && { tools: [webSearchTool] }),
          ...(searches && repair && { extra: { tool_choice: 'none' } }),
          runId: run.id,
          key: calls === 1 ? key : `${key}/call-${calls}`,
          signal: run.signal,
          journal: run.journal,
          begin,
          repair,
          ownRecord: calls > 1,
        }),
      count,
    );
    step.span.setAttribute(attribute.genAiProvider, answer.provider);
    return answer;
  }

  /** A replayed answer whose run has no repair of it: none is paid for in a step that is not asked anew. */
  function stands({ replayed }: ChatAnswer): boolean {
    if (!replayed) return false;
    let isKnown = false;
    const repair = run.journal.replay?.(`${key}/call-${calls + 1}`, () => {
      isKnown = true;
      return [];
    });
    return !repair && !isKnown;
  }

  async function guarded(reply: ChatAnswer, checked: Checked, isRepaired: boolean): Promise<Checked> {
    if (guard === null || checked.problems.length > 0) return checked;
    const found = await guard(checked.answer, isRepaired).catch((error: unknown) => {
      // What is blocked is what a reader of the trace wants to see.
      recordResponse(step.span, reply.message.content ?? '');
      throw error;
    });
    const problems = bounded(found);
    return { ...checked, problems, told: problems };
  }

  return async (
    first: ChatMessage[],
    check: (answer: unknown, isRepaired: boolean) => Finding[],
  ): Promise<{ answer: unknown; model: string; responseId: string }> => {
    const tools = createToolRounds(run, key, count);
    let messages = first;
    let reply = await call(messages, false);
    for (let round = await tools.answer(reply); round; round = await tools.answer(reply)) {
      messages = [...messages, ...round];
      reply = await call(messages, false);
    }
    let checked = await guarded(
      reply,
      read(schema, reply, (answer) => check(answer, false)),
      stands(reply),
    );
    if (checked.problems.length > 0) {
      step.span.setAttribute(attribute.repaired, true);
      messages = [...messages, shown(reply), { role: 'user', content: repairRequest(checked.problems) }];
      reply = await call(messages, true);
      checked = await guarded(
        reply,
        read(schema, reply, (answer) => check(answer, true)),
        true,
      );
    }
    recordResponse(step.span, reply.message.content ?? '');
    if (checked.problems.length > 0) {
      const where = checked.told.map(({ pointer, detail }) => `${pointer || '/'} ${detail}`).join('; ');
      const message = `The answer was still invalid after one repair: ${where}`;
      throw new StepError('answer_invalid', cut(message, most.message));
    }
    return { answer: checked.answer, model: reply.model, responseId: reply.id };
  };
}

interface Checked {
  answer: unknown;
  /** As shown to the model. */
  problems: Finding[];
  /** As shown in trace, log and response: while content is off, without names the model chose. */
  told: Finding[];
}

/** Checks an answer; a refusal is not repaired. */
function read(schema: TSchema, reply: ChatAnswer, check: (answer: unknown) => Finding[]): Checked {
  const { message, json } = reply;
  if (message.finish_reason === 'content_filter') {
    throw new StepError(
      'model_refused',
      "The endpoint's content filter withheld the answer (content_filter)",
    );
  }
  if (message.refusal) throw new StepError('model_refused', 'The model declined to answer');
  if (!json || 'fault' in json) {
    const detail =
      message.tool_calls.length > 0 && !message.content?.trim()
        ? 'no further tool call is answered: answer with the JSON object itself'
        : (json?.fault ?? 'this is not JSON');
    const problems = [{ pointer: '', detail }];
    const told = message.finish_reason === 'length' ? [{ pointer: '', detail: cutOff(reply) }] : problems;
    return { answer: null, problems, told };
  }
  const answer = json.value;
  const shape = findings(schema, answer);
  const problems = bounded(shape.length > 0 ? shape : check(answer));
  const isNamed = recordsContent() || shape.length === 0;
  return {
    answer,
    problems,
    told: isNamed ? problems : findings(schema, answer, { foreignNames: false }),
  };
}

/** Advice to the operator when an answer reached its token limit. */
function cutOff({ tokenLimit, usage }: ChatAnswer): string {
  const isOurs = tokenLimit !== null && (usage.output ?? tokenLimit) >= tokenLimit;
  return isOurs
    ? `the answer was cut off at its limit of ${tokenLimit} tokens: set AGENTO_MAX_TOKENS higher`
    : "the answer was cut off by the endpoint's own limit of tokens, or the model's context is full";
}

function bounded(problems: Finding[]): Finding[] {
  return problems.slice(0, most.findings).map(({ pointer, detail }) => ({
    pointer: cut(pointer, most.detail),
    detail: cut(detail, most.detail),
  }));
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

/** The invalid answer as shown to the model: without its tool calls, since nothing answers them. */
function shown({ message: { content } }: ChatAnswer): ChatMessage {
  return { role: 'assistant', content: content?.trim() ? cut(content, mostShown) : '(no text)' };
}

function repairRequest(problems: Finding[]): string {
  const lines = problems.map(({ pointer, detail }) => `- ${pointer || 'the whole answer'}: ${detail}`);
  return `Your answer cannot be used as it is:\n${lines.join('\n')}\nAnswer again with the whole corrected JSON object.`;
}
