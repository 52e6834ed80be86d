/** An agent of the AI SDK, whose own telemetry makes the spans: a tool that decides and a verdict, in an SDK of its own. */
import {
  AgentoSpanProcessor,
  activeSpan,
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
import { choiceIn, districts, verdictOn } from '../workshops.js';

const sdk = new NodeSDK({
  serviceName: 'workshop-finder',
  spanProcessors: [new AgentoSpanProcessor({ exporter: new OtlpExporter() })],
});
sdk.start();
registerTelemetry(new OpenTelemetry());

const provider = createOpenAICompatible({
  name: 'openai',
  baseURL: process.env.OPENAI_BASE_URL ?? 'http://127.0.0.1:4010/v1',
  apiKey: process.env.OPENAI_API_KEY ?? 'none',
});
const findWorkshop = tool({
  description: 'Finds the best bicycle workshop of a district',
  inputSchema: jsonSchema({
    type: 'object',
    properties: { district: { type: 'string', enum: districts } },
    required: ['district'],
  }),
  execute: async ({ district }) => {
    const choice = choiceIn(district);
    recordDecision(activeSpan(), choice);
    // What a tool gives away by mistake: the AI SDK writes it into its spans, and it is in no trace.
    const source = `https://directory.example/${district}?key=${process.env.DIRECTORY_API_KEY}`;
    return { reason: choice.reason, source };
  },
});

const { OPENAI_MODEL: model = 'agento-offline-1' } = process.env;
await withSpan({ name: 'question' }, async (span) => {
  const { text } = await generateText({
    model: provider(model),
    prompt: process.argv[2] ?? 'Who repairs my bicycle in Leith?',
    tools: { find_workshop: findWorkshop },
    stopWhen: isStepCount(5),
  });
  await withSpan({ name: 'judge' }, async (judge) => recordVerdict(judge, verdictOn(text)));
  console.log(text);
  console.log(`pnpm agento trace ${referenceOf(span).trace_id}`);
});
await sdk.shutdown();
