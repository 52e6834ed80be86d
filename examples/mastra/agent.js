/** An agent of Mastra, whose bridge puts its spans where ours are: a tool that decides and a judgement, in one trace. */
import {
  activeSpan,
  initializeTracing,
  recordDecision,
  recordVerdict,
  referenceOf,
  withSpan,
} from '@agento/tracing';
import { Mastra } from '@mastra/core';
import { Agent } from '@mastra/core/agent';
import { createTool } from '@mastra/core/tools';
import { Observability } from '@mastra/observability';
import { OtelBridge } from '@mastra/otel-bridge';
import { z } from 'zod';
import { choiceIn, districts, verdictOn } from '../workshops.js';

// Before the bridge is made: it takes the tracing that runs then.
initializeTracing({ serviceName: 'workshop-finder' });

const findWorkshop = createTool({
  id: 'find_workshop',
  description: 'Finds the best bicycle workshop of a district',
  inputSchema: z.object({ district: z.enum(districts) }),
  execute: async ({ district }) => {
    const choice = choiceIn(district);
    recordDecision(activeSpan(), choice);
    return choice.reason;
  },
});

const finder = new Agent({
  id: 'finder',
  name: 'Finder',
  instructions: 'Find a workshop, then name it in one sentence.',
  model: {
    id: `openai-compatible/${process.env.OPENAI_MODEL ?? 'agento-offline-1'}`,
    url: process.env.OPENAI_BASE_URL ?? 'http://127.0.0.1:4010/v1',
    apiKey: process.env.OPENAI_API_KEY ?? 'none',
  },
  tools: { find_workshop: findWorkshop },
});

const mastra = new Mastra({
  agents: { finder },
  observability: new Observability({
    configs: {
      // A span for each piece of a streamed answer tells nothing that its call does not.
      default: {
        serviceName: 'workshop-finder',
        bridge: new OtelBridge(),
        excludeSpanTypes: ['model_chunk'],
      },
    },
  }),
  logger: false,
});

await withSpan({ name: 'question' }, async (span) => {
  const { text } = await mastra
    .getAgent('finder')
    .generate(process.argv[2] ?? 'Who repairs my bicycle in Leith?');
  await withSpan({ name: 'judge' }, async (judging) => recordVerdict(judging, verdictOn(text)));
  console.log(text);
  console.log(`pnpm agento trace ${referenceOf(span).trace_id}`);
});
await mastra.shutdown();
