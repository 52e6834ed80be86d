import {
  AgentoSpanProcessor,
  marginOf,
  OtlpExporter,
  recordDecision,
  recordVerdict,
  referenceOf,
  withSpan,
} from '@agento/tracing';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { OpenTelemetry } from '@ai-sdk/otel';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { generateText, isStepCount, jsonSchema, registerTelemetry, tool } from 'ai';

const sdk = new NodeSDK({
  serviceName: 'ai-sdk-agent',
  spanProcessors: [new AgentoSpanProcessor({ exporter: new OtlpExporter() })],
});
sdk.start();
registerTelemetry(new OpenTelemetry());

const provider = createOpenAICompatible({
  name: 'openai',
  baseURL: process.env.OPENAI_BASE_URL ?? 'https://api.openai.com/v1',
  apiKey: process.env.OPENAI_API_KEY,
});
const workshops = [
  { id: 'w1', name: 'Shrub', district: 'Leith', rating: 4.7 },
  { id: 'w2', name: 'The Bike Station', district: 'Leith', rating: 4.5 },
];
const findWorkshops = tool({
  description: 'Workshops of a district, with their ratings',
  inputSchema: jsonSchema({
    type: 'object',
    properties: { district: { type: 'string', enum: ['Leith', 'Morningside'] } },
    required: ['district'],
  }),
  execute: async ({ district }) => ({
    found: workshops.filter((workshop) => workshop.district === district),
    // What a tool gives away by mistake: the AI SDK writes it into its spans, and it is in no trace.
    asked: `https://directory.example/${district}?key=${process.env.DIRECTORY_API_KEY}`,
  }),
});

await withSpan({ name: 'recommend' }, async (span) => {
  const { text, steps } = await generateText({
    model: provider(process.env.OPENAI_MODEL ?? 'agento-offline-1'),
    prompt: process.argv[2] ?? 'Who repairs bicycles in Leith?',
    tools: { find_workshops: findWorkshops },
    stopWhen: isStepCount(5),
  });

  const found = steps.flatMap(({ toolResults }) => toolResults.flatMap(({ output }) => output.found));
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
