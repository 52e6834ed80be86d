import { type MetricName, metricNames, metricOf } from '../eval/metrics.ts';
import type { RunReading } from '../reading/index.ts';
import type { Usage } from '../totals.ts';

/** What a comparison of sets needs of a run; without its texts, so that a set may be large. */
export interface Member {
  run_id: string;
  run_attempt: number;
  /** Null if it is not recorded. */
  goal: string | null;
  context: string;
  outcome: string;
  is_complete: boolean;
  numbers: Record<MetricName, number | null>;
  agents: Record<string, Usage>;
  /** Prompts by agent, as `2.0.0 83bb9b15ddac`. */
  prompts: Record<string, string>;
  /** What was chosen, by decision; of criteria by text. */
  choices: Record<string, string>;
  criteria: { text: string; passed: number; judged: number }[];
}

export interface RunSet {
  members: Member[];
  /** The words of prompts, by agent and version as members name them. */
  prompts: Map<string, string>;
}

/** Takes up runs one by one. */
export function beginSet(): { add(reading: RunReading): void; set: RunSet } {
  const set: RunSet = { members: [], prompts: new Map() };
  return {
    set,
    add(reading) {
      set.members.push(memberOf(reading));
      for (const { agent, prompt_version, prompt_sha256, prompt } of reading.steps) {
        const key = `${agent} ${prompt_version} ${prompt_sha256?.slice(0, 12)}`;
        const text = prompt.value?.find(({ role }) => role === 'system')?.content;
        if (text && !set.prompts.has(key)) set.prompts.set(key, text);
      }
    },
  };
}

function memberOf(reading: RunReading): Member {
  const { run_id, run_attempt, goal, context, outcome, gaps, usage, prompts, decisions, verdicts } = reading;
  const chosen = reading.criteria.filter(({ is_selected }) => is_selected);
  return {
    run_id,
    run_attempt,
    goal: goal.value,
    context: context ?? '',
    outcome,
    is_complete: gaps.length === 0,
    numbers: Object.fromEntries(
      metricNames.map((name) => [name, metricOf(name).of(reading)]),
    ) as Member['numbers'],
    agents: usage.agents,
    prompts: Object.fromEntries(
      prompts.map(({ agent, version, sha256 }) => [agent, `${version} ${sha256.slice(0, 12)}`]),
    ),
    choices: Object.fromEntries(
      decisions
        .filter(({ kind }) => kind !== 'criteria_selection')
        .map(({ kind, about, chosen }) => [
          [kind, about.item_id].filter(Boolean).join(' '),
          chosen.join(', ') || 'none',
        ]),
    ),
    criteria: chosen.map(({ id, text }) => {
      const own = verdicts.filter(
        ({ kind, criterion_id, pass }) => kind === 'item_criterion' && criterion_id === id && pass !== null,
      );
      return { text: text ?? id, passed: own.filter(({ pass }) => pass).length, judged: own.length };
    }),
  };
}
