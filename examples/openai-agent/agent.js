import {
  AgentoSpanProcessor,
  getTracer,
  InstrumentedAgent,
  marginOf,
  OtlpExporter,
  recordDecision,
  recordVerdict,
  referenceOf,
  withActive,
  withSpan,
} from '@agento/tracing';
import { NodeSDK } from '@opentelemetry/sdk-node';
import OpenAI from 'openai';

const sdk = new NodeSDK({
  serviceName: 'openai-agent',
  spanProcessors: [new AgentoSpanProcessor({ exporter: new OtlpExporter() })],
});
sdk.start();

const model = process.env.OPENAI_MODEL ?? 'agento-offline-1';
const openai = new OpenAI();
const workshops = [
  { id: 'w1', name: 'Shrub', district: 'Leith', rating: 4.7 },
  { id: 'w2', name: 'The Bike Station', district: 'Leith', rating: 4.5 },
];
const tools = [
  {
    type: 'function',
    function: {
      name: 'find_workshops',
      description: 'Workshops of a district, with their ratings',
      parameters: {
        type: 'object',
        properties: { district: { type: 'string', enum: ['Leith', 'Morningside'] } },
        required: ['district'],
      },
    },
  },
];

/** One call of the tool, in a span; its key is in no trace. */
function findWorkshops({ district }, callId) {
  const span = getTracer().createToolSpan({
    toolName: 'find_workshops',
    parameters: { district, api_key: process.env.DIRECTORY_API_KEY },
    callId,
  });
  return withActive(span, () => {
    const found = workshops.filter((workshop) => workshop.district === district);
    span.end();
    return found;
  });
}

class Concierge extends InstrumentedAgent {
  /** Asks the model until it calls no more tools; gives its answer, and what the tools found. */
  async execute(question) {
    const messages = [{ role: 'user', content: question }];
    const found = [];
    for (;;) {
      const answer = await this.callModel({ purpose: 'answer', messages }, (sent) => this.#ask(sent));
      if (answer.toolCalls.length === 0) return { text: answer.content, found };
      messages.push({ role: 'assistant', content: answer.content, tool_calls: answer.toolCalls });
      for (const { id, function: called } of answer.toolCalls) {
        const results = findWorkshops(JSON.parse(called.arguments), id);
        found.push(...results);
        messages.push({ role: 'tool', tool_call_id: id, content: JSON.stringify(results) });
      }
    }
  }

  async #ask(messages) {
    const { id, model, usage, choices } = await openai.chat.completions.create({
      model: this.model,
      messages,
      tools,
    });
    return {
      id,
      model,
      content: choices[0].message.content ?? '',
      toolCalls: choices[0].message.tool_calls ?? [],
      finishReason: choices[0].finish_reason,
      inputTokens: usage.prompt_tokens,
      outputTokens: usage.completion_tokens,
    };
  }
}

await withSpan({ name: 'recommend' }, async (span) => {
  const question = process.argv[2] ?? 'Who repairs bicycles in Leith?';
  const { text, found } = await new Concierge({ name: 'Concierge', model, provider: 'openai' }).run(question);

  const candidates = found.map(({ id, name, rating }) => ({ id, label: name, scores: { rating } }));
  const [best, ...others] = candidates.toSorted((one, other) => other.scores.rating - one.scores.rating);
  recordDecision(span, {
    kind: 'workshop',
    candidates,
    chosen: [best.id],
    rejected: others.map(({ id }) => ({ id, reason: 'a lower rating' })),
    reason: `${best.label} has the highest rating`,
    margin: marginOf(candidates, [best.id], 'rating'),
  });
  await withSpan({ name: 'judge_answer' }, async (judge) => {
    const named = text.includes(best.label);
    recordVerdict(judge, {
      name: 'names_the_best',
      score: named ? 1 : 0,
      label: named ? 'pass' : 'fail',
      explanation: `The answer ${named ? 'names' : 'does not name'} ${best.label}`,
    });
  });
  console.log(`${text}\ntrace ${referenceOf(span).trace_id}`);
});
await sdk.shutdown();
