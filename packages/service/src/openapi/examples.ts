import type { Module1Input, Module1Output, ProducedBy, RunEventName, RunEvents } from '@agento/contracts';
import { schemaVersion } from '@agento/contracts';
import { problem } from '../problem.ts';

export const exampleIds = {
  run_id: '1ddcd8a9-6282-4f40-9e68-4c074e92a601',
  trace_id: 'ca7479154bc40580b6553e6f90e3aada',
};

export const exampleGoal: Module1Input = {
  goal: 'Open a repair café in a small town',
  context: 'Running costs stay below 750 euros a quarter.',
  stop_after: 1,
};

function producedBy(agent_name: string, span_id: string): ProducedBy {
  return {
    agent_name,
    model: 'gpt-5-mini',
    prompt_version: '2',
    prompt_sha256: '45898ce1273f2564824ad26d27c3eed76ca82b0c02f86541a00ee514ee727e56',
    trace_id: exampleIds.trace_id,
    span_id,
  };
}

const criteria = [
  'At least 30 things are repaired in the first three months',
  'Running costs stay below 750 euros a quarter',
  'Three helpers are there on each opening day',
].map((criteria, index) => ({
  id: `c${index + 1}`,
  criteria,
  reasoning: 'It can be counted, and it is what visitors and helpers would notice.',
  rating: 9 - index,
}));

/** Of module 1, and so what module 2 takes; the least that a run comes to. */
export const exampleOutput: Module1Output = {
  goal: exampleGoal.goal,
  ...(exampleGoal.context !== undefined && { context: exampleGoal.context }),
  schema_version: schemaVersion,
  run_id: exampleIds.run_id,
  run_attempt: 1,
  trace_metadata: {
    trace_id: exampleIds.trace_id,
    root_span_id: '00f067aa0ba902b7',
    service_name: 'Agento-Module-1',
  },
  usage: [
    {
      module: 1,
      agent_name: 'SearchAgent',
      model: 'gpt-5-mini',
      provider: 'openai',
      calls: 1,
      input_tokens: 1214,
      output_tokens: 260,
      cost_usd: 0.0008235,
    },
  ],
  constraints: [
    {
      id: 'k1',
      text: 'Running costs are below 750 euros a quarter',
      kind: 'money',
      quote: 'Running costs stay below 750 euros a quarter.',
      produced_by: producedBy('ConstraintExtractor', '53995c3f42cd8ad8'),
    },
  ],
  search_summary: 'Repair cafés live on a fixed day, a room without rent and a handful of helpers.',
  search_mode: 'model_knowledge',
  sources: [{ title: 'How repair cafés are run', url: null, note: 'Regular days matter most.' }],
  success_criteria: criteria.map((criterion) => ({
    ...criterion,
    produced_by: producedBy('CriteriaGenerator', '6e0c63257de34c92'),
  })),
  selected_criteria: criteria.map((criterion) => ({
    ...criterion,
    produced_by: producedBy('CriteriaEvaluator', '05f8e3a1b2c4d697'),
  })),
};

const searching = { module: 1, step: 'search_agent', agent_name: 'SearchAgent' };
const usage = { input_tokens: 1214, output_tokens: 260, cost_usd: 0.0008235 };

/** A run's events as they are sent, one of each kind, with the given end. */
export function exampleStream<N extends 'run.finished' | 'run.failed'>(name: N, end: RunEvents[N]): string {
  const failed = name === 'run.failed';
  const events: [RunEventName, object][] = [
    ['run.started', exampleIds],
    ['step.started', searching],
    failed
      ? ['step.finished', { ...searching, duration_ms: 120_003, usage, summary: 'failed', failed: true }]
      : ['step.finished', { ...searching, duration_ms: 2_104, usage, summary: '1 source' }],
    ...(failed
      ? []
      : [['module.finished', { module: 1, duration_ms: 9_310, usage }] as [RunEventName, object]]),
    [name, end],
  ];
  const text = events.map(([event, data]) => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  return `: the run begins\n\n${text.join('')}`;
}

/** Of a run in which the last module failed, as it comes through from there to whichever was called. */
export const exampleProblem = problem(
  'model-failed',
  502,
  'The answer was still invalid after one repair: / the JSON was cut off: answer more briefly',
  {
    instance: '/run',
    module: 5,
    ...exampleIds,
    step: 'quality_check',
    agent_name: 'QualityChecker',
    span_id: '53995c3f42cd8ad8',
    prompt_sha256: '45898ce1273f2564824ad26d27c3eed76ca82b0c02f86541a00ee514ee727e56',
  },
);
