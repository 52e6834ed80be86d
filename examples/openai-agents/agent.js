/** An agent of the OpenAI Agents SDK: a tool that decides, a hand-off, and a guardrail that judges, in one trace. */
import { initializeTracing, recordDecision, recordVerdict, referenceOf, withSpan } from '@agento/tracing';
import { AgentsTraceProcessor } from '@agento/tracing/openai-agents';
import { Agent, getCurrentSpan, OpenAIProvider, Runner, setTraceProcessors, tool } from '@openai/agents';
import { z } from 'zod';
import { choiceIn, districts, verdictOn } from '../workshops.js';

initializeTracing({ serviceName: 'workshop-finder' });
const tracing = new AgentsTraceProcessor();
// In place of the SDK's own processor, which sends everything to OpenAI.
setTraceProcessors([tracing]);

const findWorkshop = tool({
  name: 'find_workshop',
  description: 'Finds the best bicycle workshop of a district',
  parameters: z.object({ district: z.enum(districts) }),
  execute: ({ district }) => {
    const choice = choiceIn(district);
    recordDecision(tracing.spanOf(getCurrentSpan()), choice);
    return choice.reason;
  },
});

const namesAWorkshop = {
  name: 'names_a_workshop',
  execute: async ({ agentOutput }) => {
    const verdict = verdictOn(agentOutput);
    recordVerdict(tracing.spanOf(getCurrentSpan()), verdict);
    return { tripwireTriggered: false, outputInfo: verdict };
  },
};

const { OPENAI_MODEL: model = 'agento-offline-1' } = process.env;
const writer = new Agent({
  name: 'Writer',
  model,
  instructions: 'Answer in one sentence, and name the workshop that was found.',
  outputGuardrails: [namesAWorkshop],
});
const finder = new Agent({
  name: 'Finder',
  model,
  instructions: 'Find a workshop, then hand over to the writer.',
  tools: [findWorkshop],
  handoffs: [writer],
});

const runner = new Runner({
  modelProvider: new OpenAIProvider({
    baseURL: process.env.OPENAI_BASE_URL ?? 'http://127.0.0.1:4010/v1',
    apiKey: process.env.OPENAI_API_KEY ?? 'none',
    useResponses: false,
  }),
});
await withSpan({ name: 'question' }, async (span) => {
  const { finalOutput } = await runner.run(finder, process.argv[2] ?? 'Who repairs my bicycle in Leith?');
  console.log(finalOutput);
  console.log(`pnpm agento trace ${referenceOf(span).trace_id}`);
});
