/**
 * A modular agent that finds a walk: planner, executor with three tools, verifier, generator. The first query is
 * answered at once; the second needs one refinement. Run it: node packages/tracing/examples/modular-agent.ts
 */
import {
  attribute,
  executeWithRefinement,
  getTracer,
  initializeTracing,
  setContent,
  traceModuleOperation,
} from '@agento/tracing';
import { Tree, whereToLook } from './tree.ts';

interface Walk {
  name: string;
  near: string;
  km: number;
}
const walks: Walk[] = [
  { name: 'Around the Alder Lake', near: 'lake', km: 9 },
  { name: 'Three Lakes Path', near: 'lake', km: 14 },
  { name: 'Lake to Lake', near: 'lake', km: 22 },
  { name: 'Fortress Ridge', near: 'fortress', km: 11 },
];

interface Plan {
  hours: number;
  pace: number;
  places: string[];
}

const createSteps = traceModuleOperation(
  'planner',
  'create_steps',
)((query: string, places: string[]): Plan => {
  const [hours = 1, pace = 4] = (query.match(/\d+/g) ?? []).map(Number);
  return { hours, pace, places };
});

const checkConsistency = traceModuleOperation(
  'verifier',
  'check_consistency',
)((found: Walk[], { hours, pace, places }: Plan): string[] => {
  const tooLong = found.filter(({ km }) => km > hours * pace).map(({ name }) => `${name} is too long`);
  return found.length > 0 ? tooLong : [`no walk near a ${places.join(' or ')}`];
});

/** Calls a tool in a span of its own, which keeps what went in and came out. */
async function useTool<P extends object, R>(toolName: string, parameters: P, tool: (parameters: P) => R) {
  const tracer = getTracer();
  const span = tracer.createToolSpan({ toolName, parameters });
  try {
    const result = tool(parameters);
    setContent(span, attribute.genAiToolResult, result);
    tracer.setSpanSuccess(span);
    return result;
  } catch (error) {
    tracer.recordException(span, error);
    throw error;
  } finally {
    span.end();
  }
}

async function execute({ hours, pace, places }: Plan): Promise<Walk[]> {
  const reach = await useTool(
    'calculator',
    { operation: 'multiply', a: hours, b: pace },
    ({ a, b }) => a * b,
  );
  // The key stands under a secret's name: the trace has ***REDACTED*** in its place.
  const found = await useTool('search_engine', { places, api_key: 'walks-2931' }, (search) =>
    walks.filter(({ near }) => search.places.includes(near)),
  );
  return useTool('data_processor', { longest_km: reach, sort: 'longest first' }, ({ longest_km }) =>
    found.filter(({ km }) => km <= longest_km).sort((one, other) => other.km - one.km),
  );
}

function solve(query: string) {
  return executeWithRefinement<Plan, Walk[], string>({
    query,
    planner: async ({ query, previous }) => {
      const near = /near a (\w+)/.exec(query)?.[1] ?? 'lake';
      return createSteps(query, previous ? [near, 'fortress'] : [near]);
    },
    executor: ({ plan }) => execute(plan),
    verifier: async ({ plan, result }) => {
      const errors = checkConsistency(result, plan);
      return { passed: errors.length === 0, errors };
    },
    generator: async ({ result: [best], errors }) =>
      best ? `${best.name}, ${best.km} km` : `No walk: ${errors.join(', ')}`,
    maxIterations: 2,
  });
}

const tree = new Tree();
const tracing = initializeTracing({ serviceName: 'modular-agent', processors: [tree] });
let last = '';
for (const query of [
  'A walk of 3 hours at 5 km an hour near a lake',
  'A walk of 3 hours at 4 km an hour near a castle',
]) {
  const { answer, iterations, trace_id } = await solve(query);
  console.log(`${query}\n→ ${answer} (rounds: ${iterations}, trace ${trace_id})\n\n${tree.draw(trace_id)}\n`);
  last = trace_id;
}
await tracing.shutdown();
console.log(whereToLook(tracing, last));
