import type { Attributes } from '@opentelemetry/api';
import {
  type ReceivedMessage,
  recordInputMessages,
  recordOutputMessage,
  recordPrompt,
  recordResponse,
  type SentMessage,
} from '../genai.ts';
import { attribute, libraryAttribute } from '../names.ts';
import { setContent } from '../payload.ts';
import { withSpan } from '../span.ts';
import { startOf } from './begin.ts';
import { asJson } from './fields.ts';

/** A model's answer; what the provider does not report is omitted. */
export interface ModelAnswer {
  content: string;
  reasoning?: string;
  /** The tools it asks for. */
  toolCalls?: ReceivedMessage['tool_calls'];
  /** The model that actually answered. */
  model?: string;
  id?: string;
  finishReason?: string;
  inputTokens?: number;
  outputTokens?: number;
}

/**
 * An agent whose runs and model calls are traced: `{name}.run` with input and output, and below it `llm_call` with
 * prompt, answer and tokens. Implement `execute`; call the model through `callModel`.
 */
export abstract class InstrumentedAgent<Input = string, Output = string> {
  readonly name: string;
  readonly model: string;
  readonly #provider: string | undefined;

  /** `provider` is `gen_ai.provider.name`, such as `openai`. */
  constructor(of: { name: string; model: string; provider?: string }) {
    this.name = of.name;
    this.model = of.model;
    this.#provider = of.provider;
  }

  protected abstract execute(input: Input): Promise<Output>;

  /** Does the agent's work; rejects with what `execute` rejects with. */
  run(input: Input): Promise<Output> {
    const scope = { [attribute.agentName]: this.name };
    const attributes = { [attribute.agentModel]: this.model };
    return withSpan(startOf({ name: `${this.name}.run`, scope, attributes }), async (span) => {
      setContent(span, libraryAttribute.agentInput, asJson(input));
      const output = await this.execute(input);
      setContent(span, libraryAttribute.agentOutput, asJson(output));
      return output;
    });
  }

  /** Calls the model with the given function, which receives the messages as recorded. */
  protected callModel<Answer extends ModelAnswer>(
    { purpose, messages }: { purpose: string; messages: SentMessage[] },
    ask: (messages: SentMessage[]) => Promise<Answer>,
  ): Promise<Answer> {
    const attributes: Attributes = {
      [libraryAttribute.purpose]: purpose,
      [attribute.agentModel]: this.model,
      [attribute.genAiOperation]: 'chat',
      [attribute.genAiRequestModel]: this.model,
    };
    if (this.#provider !== undefined) attributes[attribute.genAiProvider] = this.#provider;
    return withSpan(startOf({ name: 'llm_call', client: true, attributes }), async (span) => {
      recordPrompt(span, messages);
      recordInputMessages(span, messages);
      const answer = await ask(messages);
      span.setAttributes(answerAttributes(answer));
      recordResponse(span, answer.content);
      recordOutputMessage(span, {
        content: answer.content,
        reasoning: answer.reasoning ?? null,
        refusal: null,
        tool_calls: answer.toolCalls ?? [],
        finish_reason: answer.finishReason ?? 'stop',
      });
      return answer;
    });
  }
}

function answerAttributes(answer: ModelAnswer): Attributes {
  const attributes: Attributes = {};
  if (answer.id !== undefined) attributes[attribute.genAiResponseId] = answer.id;
  if (answer.model !== undefined) attributes[attribute.genAiResponseModel] = answer.model;
  if (answer.finishReason !== undefined) attributes[attribute.genAiFinishReasons] = [answer.finishReason];
  if (answer.inputTokens !== undefined) attributes[attribute.genAiInputTokens] = answer.inputTokens;
  if (answer.outputTokens !== undefined) attributes[attribute.genAiOutputTokens] = answer.outputTokens;
  return attributes;
}
