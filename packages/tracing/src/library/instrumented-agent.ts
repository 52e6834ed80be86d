import type { MessageContent, SentMessage } from '../genai.ts';
import { attribute, libraryAttribute } from '../names.ts';
import { setContent } from '../payload.ts';
import { withSpan } from '../span.ts';
import { startOf } from './begin.ts';
import { asJson } from './fields.ts';
import { type ModelAnswer, modelCallStart, recordAnswer, recordQuestion } from './model-call.ts';

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
  protected callModel<
    Answer extends ModelAnswer<MessageContent>,
    Message extends SentMessage<MessageContent>,
  >(
    { purpose, messages }: { purpose: string; messages: Message[] },
    ask: (messages: Message[]) => Promise<Answer>,
  ): Promise<Answer> {
    const start = modelCallStart({ purpose, model: this.model, provider: this.#provider });
    return withSpan(startOf(start), async (span) => {
      recordQuestion(span, messages);
      const answer = await ask(messages);
      recordAnswer(span, answer);
      return answer;
    });
  }
}
