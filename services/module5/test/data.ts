import type {
  AgentUsage,
  AttemptEvaluation,
  EvalResult,
  FulfillmentStatus,
  PlanOutline,
  RevisionAttempt,
  RevisionRequest,
  SuccessCriterion,
} from '@agento/contracts';
import type { FinishedPlan } from '../src/document.ts';

export const produced_by = {
  agent_name: 'RevisionApplier',
  model: 'm',
  prompt_version: '1.0.0',
  prompt_sha256: 'x',
  trace_id: 'a'.repeat(32),
  span_id: 'b'.repeat(16),
};

export const criteria = ['c1', 'c2'].map(
  (id): SuccessCriterion => ({ id, criteria: `Text of ${id}`, reasoning: 'r', rating: 5, produced_by }),
);

export const request: RevisionRequest = {
  id: 'r-p1-i1',
  revision_request_content: 'Name a date.',
  reasoning: 'Nobody knows when.',
  targeted_criteria: ['c2'],
  produced_by,
};

/** An attempt with these statuses in the criteria's order. */
export function attempt(
  number: number,
  statuses: FulfillmentStatus[],
  score = 0.5,
  suggestions: string[] = [],
): RevisionAttempt {
  return {
    id: `p1-i1-a${number}`,
    attempt: number,
    agent_name: number === 1 ? 'RevisionApplier' : 'RevisionRefiner',
    produced_by,
    revised_text: `Text of attempt ${number}`,
    evaluation: {
      meets_criteria: statuses.every((status) => status === 'fully_met'),
      score,
      reasoning: 'r',
      criteria_fulfillment: statuses.map((status, index) => ({ criterion_id: `c${index + 1}`, status })),
      improvement_suggestions: suggestions.map((text, index) => ({
        id: `p1-i1-a${number}-s${index + 1}`,
        text,
      })),
      produced_by,
    },
    feedback: [],
  };
}

/** A judgement that could not be had. */
export const unjudged: AttemptEvaluation = {
  meets_criteria: false,
  score: null,
  reasoning: 'The answer was still invalid after one repair: /score must be <= 100',
  criteria_fulfillment: [],
  improvement_suggestions: [],
  produced_by,
};

/** The original as it is judged beside the attempts, with these statuses in the criteria's order. */
export function baseline(...statuses: FulfillmentStatus[]): AttemptEvaluation {
  return attempt(0, statuses).evaluation;
}

export function verdict(criterion_id: string, score: number | null): EvalResult {
  return {
    id: `e-p1-i1-${criterion_id}`,
    item_id: 'p1-i1',
    criterion_id,
    result: score === null ? 'not_judged' : score >= 0.5 ? 'pass' : 'fail',
    score,
    reasoning: 'r',
    criteria: `Text of ${criterion_id}`,
    produced_by,
  };
}

export const usage: AgentUsage = {
  module: 1,
  agent_name: 'SearchAgent',
  model: 'small-1',
  provider: 'house',
  calls: 1,
  input_tokens: 100,
  output_tokens: 20,
  cost_usd: 0.25,
};

export const outline: PlanOutline = {
  id: 'p1',
  plan_title: 'A café that repairs',
  plan_description: 'Two rooms, one day a month.',
  plan_items: ['Room', 'People'].map((item_title, index) => ({
    id: `p1-i${index + 1}`,
    item_title,
    item_description: `What to do about ${item_title.toLowerCase()}.`,
    produced_by,
  })),
  reasoning: 'r',
  rating: 7,
  created_by: 'LeanPlanner',
  produced_by,
};

export const plan: FinishedPlan = {
  goal: 'Open a repair café',
  run_id: '0b0e3c1a-7f43-4b3d-9c55-0c7f1f6f2a11',
  trace_id: 'a'.repeat(32),
  search_summary: 's',
  search_mode: 'model_knowledge',
  sources: [{ title: 'Repair Café', url: 'https://www.repaircafe.org/a b', note: 'The movement.' }],
  success_criteria: criteria,
  selected_criteria: criteria,
  plan_outlines: [outline],
  plan_scores: [],
  plan_selection: {
    plan_id: 'p1',
    totals: { p1: 1 },
    reason: 'r',
    margin: 0,
    tie_break: null,
    trace_id: 'a'.repeat(32),
    span_id: 'b'.repeat(16),
  },
  selected_outline: outline,
  expanded_outline: outline,
  evaluation_results: [],
  criteria_summary: [],
  item_details: [],
  criteria_coverage_summary: [],
  revision_results: [
    {
      item_id: 'p1-i1',
      item_title: 'Room',
      original_text: 'o',
      revision_request: request,
      attempts: [
        attempt(1, ['fully_met', 'partially_met'], 0.5, ['Say May.']),
        attempt(2, ['fully_met', 'fully_met']),
      ],
      attempt_count: 2,
      accepted_attempt: 2,
      final_text: 'Text of attempt 2',
    },
  ],
  revised_outline: outline,
  criteria_fulfillment_summary: criteria.map(({ id, criteria }) => ({
    criterion_id: id,
    criteria,
    items: [],
    fully_met: 1,
    partially_met: 1,
    not_met: 0,
    not_judged: 0,
  })),
  quality_report: {
    decision: 'publish',
    share_met: 1,
    summary: 'It can be done.',
    criteria: criteria.map(({ id }) => ({ criterion_id: id, status: 'fully_met', explanation: `Why ${id}` })),
    constraints: [],
    strengths: ['Short'],
    open_issues: ['Insurance'],
    produced_by,
  },
  usage: [usage],
};
