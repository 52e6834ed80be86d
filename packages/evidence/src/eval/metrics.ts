import type { RunReading } from '../reading/index.ts';

/** In which direction a number gets better; `same`: any change is to be looked at. */
export type Direction = 'higher' | 'lower' | 'same';

/** A number of a run. */
export interface Metric {
  says: string;
  better: Direction;
  /** The smallest change for the worse that matters, unless the suite says another. */
  least: number;
  /** The largest it can be; absent where there is none. The smallest is 0. */
  most?: number;
  /** Whether a run may lack it. */
  may_lack?: boolean;
  /** Null where the run does not have it. */
  of(run: RunReading): number | null;
}

const share = (count: number, all: number) => (all === 0 ? null : count / all);
const mean = (numbers: number[]) =>
  numbers.length === 0 ? null : numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
const counting = ({ steps }: RunReading) => steps.filter(({ counts }) => counts);

export const metrics = {
  score: {
    says: 'share of criteria that the finished plan fully meets, 0 to 1',
    better: 'higher',
    least: 0.05,
    most: 1,
    may_lack: true,
    of: ({ score }) => score,
  },
  draft_score: {
    says: 'mean score of the verdicts on the items before their revision, 0 to 1',
    better: 'higher',
    least: 0.05,
    most: 1,
    may_lack: true,
    of: ({ verdicts }) =>
      mean(verdicts.flatMap(({ kind, score }) => (kind === 'item_criterion' ? (score ?? []) : []))),
  },
  draft_pass: {
    says: 'share of those verdicts that pass',
    better: 'higher',
    least: 0.05,
    most: 1,
    may_lack: true,
    of: ({ verdicts }) => {
      const judged = verdicts.filter(({ kind, pass }) => kind === 'item_criterion' && pass !== null);
      return share(judged.filter(({ pass }) => pass).length, judged.length);
    },
  },
  constraints_broken: {
    says: 'constraints of goal and context that the finished plan breaks',
    better: 'lower',
    least: 0,
    of: ({ verdicts }) =>
      verdicts.filter(({ constraint_id, status }) => constraint_id !== null && status === 'broken').length,
  },
  items: {
    says: 'items that were worked out',
    better: 'same',
    least: 0,
    of: ({ items }) => items.length,
  },
  revisions: {
    says: 'requests for revision',
    better: 'same',
    least: 0,
    of: ({ requests }) => requests.length,
  },
  revised: {
    says: 'items whose revision is in the finished plan',
    better: 'same',
    least: 0,
    may_lack: true,
    of: ({ items }) => {
      const finals = items.flatMap(({ texts }) => texts.filter(({ is_final }) => is_final));
      return finals.length === 0 ? null : finals.filter(({ attempt }) => attempt > 0).length;
    },
  },
  ignored: {
    says: 'suggestions that the next attempt ignored',
    better: 'lower',
    least: 0.5,
    of: ({ suggestions }) => suggestions.filter(({ status }) => status === 'ignored').length,
  },
  words: {
    says: 'words in the texts of the finished plan',
    better: 'same',
    least: 100,
    may_lack: true,
    of: (run) => {
      const text = planText(run);
      return text === null ? null : text.split(/\s+/).filter((word) => word !== '').length;
    },
  },
  calls: { says: 'model calls', better: 'lower', least: 1, of: ({ usage }) => usage.all.calls },
  repairs: {
    says: 'steps whose first answer could not be used',
    better: 'lower',
    least: 0.5,
    of: (run) => counting(run).filter(({ is_repaired }) => is_repaired).length,
  },
  refusals: {
    says: 'steps that the model refused',
    better: 'lower',
    least: 0,
    of: (run) => counting(run).filter(({ is_refused }) => is_refused).length,
  },
  failed_steps: {
    says: 'steps that failed, or lost their process',
    better: 'lower',
    least: 0,
    of: (run) => counting(run).filter(({ ending }) => ending !== 'done').length,
  },
  retries: {
    says: 'model calls that were tried again',
    better: 'lower',
    least: 1,
    of: ({ calls }) => calls.filter(({ retries }) => retries.length > 0).length,
  },
  input_tokens: {
    says: 'tokens in',
    better: 'lower',
    least: 1_000,
    of: ({ usage }) => usage.all.input_tokens,
  },
  output_tokens: {
    says: 'tokens out',
    better: 'lower',
    least: 1_000,
    of: ({ usage }) => usage.all.output_tokens,
  },
  cost_usd: {
    says: 'US dollars; unknown where any price is',
    better: 'lower',
    least: 0.01,
    may_lack: true,
    of: ({ usage }) => usage.all.cost_usd,
  },
  seconds: {
    says: 'wall time, in seconds',
    better: 'lower',
    least: 10,
    of: ({ wall_ms }) => wall_ms / 1000,
  },
  gaps: {
    says: 'spans and modules that the trace lacks',
    better: 'lower',
    least: 0,
    of: ({ gaps }) => gaps.length,
  },
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof metrics;
export const metricNames = Object.keys(metrics) as MetricName[];

export function metricOf(name: string): Metric {
  return metrics[name as MetricName];
}

/** What stands in the finished plan: the final text of each item below its title; null if a run has none. */
export function planText({ items }: RunReading): string | null {
  const parts = items.flatMap(({ title, texts }) => {
    const text = texts.find(({ is_final }) => is_final)?.text.value;
    return text ? [`${title ?? ''}\n${text}`] : [];
  });
  return parts.length === 0 ? null : parts.join('\n\n');
}

/** At most four digits behind the point. */
export function shownNumber(number: number): string {
  return String(Math.round(number * 10_000) / 10_000);
}
