/** An agent on the OpenAI client alone: a loop of tool calls, a decision and a verdict, in an SDK of its own. */
import {
  AgentoSpanProcessor,
  getTracer,
  InstrumentedAgent,
  OtlpExporter,
  recordDecision,
  recordVerdict,
  referenceOf,
  withSpan,
} from '@agento/tracing';
import { NodeSDK } from '@opentelemetry/sdk-node';
import OpenAI from 'openai';
import { choiceIn, districts, verdictOn } from '../workshops.js';

const sdk = new NodeSDK({
  serviceName: 'workshop-finder',
  spanProcessors: [new AgentoSpanProcessor({ exporter: new OtlpExporter() })],
});
sdk.start();

const openai = new OpenAI({
  baseURL: process.env.OPENAI_BASE_URL ?? 'http://127.0.0.1:4010/v1',
  apiKey: process.env.OPENAI_API_KEY ?? 'none',
});
const parameters = {
  type: 'object',
  properties: { district: { type: 'string', enum: districts } },
  required: ['district'],
};
const description = 'Finds the best bicycle workshop of a district';
const tools = [{ type: 'function', function: { name: 'find_workshop', description, parameters } }];

/** The tool, with a span of its call; the key is in no trace. */
function findWorkshop({ district }, callId) {
  const span = getTracer().createToolSpan({
    toolName: 'find_workshop',
    parameters: { district, api_key: process.env.DIRECTORY_API_KEY },
    callId,
  });
  const choice = choiceIn(district);
  recordDecision(span, choice);
  span.end();
  return choice.reason;
}

class Finder extends InstrumentedAgent {
  /** Asks the model until it calls no more tools. */
  async execute(question) {
    const messages = [{ role: 'user', content: question }];
    for (;;) {
      const answer = await this.callModel({ purpose: 'answer', messages }, (sent) => this.#ask(sent));
      if (answer.toolCalls.length === 0) return answer.content;
      messages.push({ role: 'assistant', content: answer.content, tool_calls: answer.toolCalls });
      for (const { id, function: called } of answer.toolCalls) {
        const content = findWorkshop(JSON.parse(called.arguments), id);
        messages.push({ role: 'tool', tool_call_id: id, content });
      }
    }
  }

  async #ask(messages) {
    const answer = await openai.chat.completions.create({ model: this.model, messages, tools });
    const [{ message, finish_reason }] = answer.choices;
    return {
      id: answer.id,
      model: answer.model,
      content: message.content ?? '',
      toolCalls: message.tool_calls ?? [],
      finishReason: finish_reason,
      inputTokens: answer.usage.prompt_tokens,
      outputTokens: answer.usage.completion_tokens,
    };
  }
}

const { OPENAI_MODEL: model = 'agento-offline-1' } = process.env;
const finder = new Finder({ name: 'Finder', model, provider: 'openai' });
await withSpan({ name: 'question' }, async (span) => {
  const answer = await finder.run(process.argv[2] ?? 'Who repairs my bicycle in Leith?');
  await withSpan({ name: 'judge' }, async (judge) => recordVerdict(judge, verdictOn(answer)));
  console.log(answer);
  console.log(`pnpm agento trace ${referenceOf(span).trace_id}`);
});
await sdk.shutdown();
