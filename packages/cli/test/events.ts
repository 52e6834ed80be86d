import type { RunEvent } from '../src/run-client.ts';

export const runId = '0b0f7a52-6c58-4a3e-9d4c-0d4b7a3f5e11';
export const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const usage = { input_tokens: 412, output_tokens: 230, cost_usd: null };
const search = { module: 1, step: 'search_agent', agent_name: 'SearchAgent' };
const verdict = {
  module: 3,
  step: 'expansion_evaluation',
  agent_name: 'ItemEvaluator',
  item_id: 'p1-i2',
  criterion_id: 'c3',
};

const producedBy = {
  agent_name: 'SearchAgent',
  model: 'm',
  prompt_version: '1',
  prompt_sha256: '0',
  trace_id: traceId,
  span_id: '00f067aa0ba902b7',
};

/** What module 1 answers with, for a run that stops after it. */
export const output = {
  run_id: runId,
  trace_metadata: { trace_id: traceId, root_span_id: '00f067aa0ba902b7', service_name: 'Agento-Module-1' },
  usage: [
    {
      ...{ module: 1, agent_name: 'SearchAgent', model: 'm', provider: 'p', calls: 1, cost_usd: null },
      input_tokens: 412,
      output_tokens: 230,
    },
  ],
  goal: 'Open a repair café',
  search_summary: 'What is known.',
  search_mode: 'model_knowledge',
  sources: [],
  success_criteria: [],
  selected_criteria: ['Ten volunteers by June', 'Sixty repairs a month'].map((criteria, index) => ({
    id: `c${index + 1}`,
    criteria,
    reasoning: '',
    rating: 8,
    produced_by: producedBy,
  })),
};

/** A run as its events tell it, up to but without the last event. */
export const events: RunEvent[] = [
  { name: 'run.started', data: { run_id: runId, trace_id: traceId } },
  { name: 'step.started', data: search },
  {
    name: 'step.finished',
    data: { ...search, duration_ms: 420.4, usage, summary: 'found\n4 \u001b[31msources' },
  },
  { name: 'module.finished', data: { module: 1, duration_ms: 1300, usage } },
  { name: 'step.started', data: verdict },
  {
    name: 'step.finished',
    data: {
      ...verdict,
      duration_ms: 65_000,
      usage: { input_tokens: 0, output_tokens: 0, cost_usd: 0 },
      summary: 'no answer',
      failed: true,
    },
  },
];
