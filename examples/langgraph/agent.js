/** A graph of LangGraph.js: a tool that decides and a node that judges, in one trace. */
import { initializeTracing, recordDecision, recordVerdict, referenceOf, withSpan } from '@agento/tracing';
import { LangChainHandler } from '@agento/tracing/langchain';
import { tool } from '@langchain/core/tools';
import { END, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';
import { ToolNode } from '@langchain/langgraph/prebuilt';
import { ChatOpenAI } from '@langchain/openai';
import { z } from 'zod';
import { choiceIn, districts, verdictOn } from '../workshops.js';

initializeTracing({ serviceName: 'workshop-finder' });
const tracing = new LangChainHandler();

const findWorkshop = tool(
  ({ district }, config) => {
    const choice = choiceIn(district);
    recordDecision(tracing.spanOf(config), choice);
    return choice.reason;
  },
  {
    name: 'find_workshop',
    description: 'Finds the best bicycle workshop of a district',
    schema: z.object({ district: z.enum(districts) }),
  },
);

const model = new ChatOpenAI({
  model: process.env.OPENAI_MODEL ?? 'agento-offline-1',
  apiKey: process.env.OPENAI_API_KEY ?? 'none',
  configuration: { baseURL: process.env.OPENAI_BASE_URL ?? 'http://127.0.0.1:4010/v1' },
}).bindTools([findWorkshop]);

async function answer({ messages }) {
  return { messages: [await model.invoke(messages)] };
}

async function judge({ messages }, config) {
  recordVerdict(tracing.spanOf(config), verdictOn(messages.at(-1).text));
  return {};
}

const finder = new StateGraph(MessagesAnnotation)
  .addNode('answer', answer)
  .addNode('tools', new ToolNode([findWorkshop]))
  .addNode('judge', judge)
  .addEdge(START, 'answer')
  .addConditionalEdges('answer', ({ messages }) => (messages.at(-1).tool_calls?.length ? 'tools' : 'judge'))
  .addEdge('tools', 'answer')
  .addEdge('judge', END)
  .compile({ name: 'Finder' });

await withSpan({ name: 'question' }, async (span) => {
  const content = process.argv[2] ?? 'Who repairs my bicycle in Leith?';
  const { messages } = await finder.invoke(
    { messages: [{ role: 'user', content }] },
    { callbacks: [tracing] },
  );
  console.log(messages.at(-1).text);
  console.log(`pnpm agento trace ${referenceOf(span).trace_id}`);
});
