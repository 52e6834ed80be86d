import {
  type Module2Input,
  type Module3Input,
  type PlanOutline,
  type ProducedBy,
  schemaVersion,
} from '@agento/contracts';

/**
 * Inputs as a better model would have produced them, as short as possible, and without a run or a trace to continue:
 * modules 2 and 3 are tested even if module 1 fails.
 */
const trace_id = 'ca7479154bc40580b6553e6f90e3aada';

function producedBy(agent_name: string, span_id: string): ProducedBy {
  return {
    agent_name,
    model: 'by hand',
    prompt_version: '1',
    prompt_sha256: '0'.repeat(64),
    trace_id,
    span_id,
  };
}

const criteria = [
  'At least 30 things are repaired in the first three months',
  'Three helpers are there on each opening day',
].map((criteria, index) => ({
  id: `c${index + 1}`,
  criteria,
  reasoning: 'It can be counted.',
  rating: 9 - index,
  produced_by: producedBy('CriteriaEvaluator', '05f8e3a1b2c4d697'),
}));

export function input2(): Module2Input {
  return {
    goal: 'Open a repair café in a small town',
    schema_version: schemaVersion,
    constraints: [],
    search_summary: 'Repair cafés live on a fixed day, a room without rent and a handful of helpers.',
    search_mode: 'model_knowledge',
    sources: [],
    success_criteria: criteria,
    selected_criteria: criteria,
  };
}

const planner = producedBy('BalancedPlanner', '53995c3f42cd8ad8');
const outline: PlanOutline = {
  id: 'p1',
  plan_title: 'A steady course',
  plan_description: 'From a fixed day to a full room.',
  plan_items: ['Find a room', 'Find helpers', 'Open once a month'].map((item_title, index) => ({
    id: `p1-i${index + 1}`,
    item_title,
    item_description: `${item_title}, and write down who sees to it.`,
    produced_by: planner,
  })),
  reasoning: 'Little can go wrong.',
  rating: 7,
  created_by: 'BalancedPlanner',
  produced_by: planner,
};

export function input3(): Module3Input {
  return {
    ...input2(),
    plan_outlines: [outline],
    plan_scores: [],
    plan_selection: {
      plan_id: 'p1',
      totals: { p1: 0.8 },
      reason: 'It is the only one.',
      margin: 0.8,
      tie_break: null,
      trace_id,
      span_id: '6e0c63257de34c92',
    },
    selected_outline: outline,
  };
}
