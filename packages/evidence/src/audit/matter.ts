import type { RunReading } from '../reading/index.ts';
import type { AuditRule } from './rule.ts';

/** What a rule looks at, in runs. */
interface Matter {
  /** In words, of several. */
  of: string;
  /** How many of one kind it needs to say anything; 1 if absent. */
  least?: number;
  /** The kind of each of them. */
  in: (reading: RunReading) => string[];
}

/** A rule that had nothing, or too little, to look at: that it finds nothing says nothing. */
export interface Unjudged {
  rule: string;
  /** What it looks at. */
  of: string;
  /** How many of one kind there were at most, and how many it needs. */
  most: number;
  least: number;
}

const laterKinds = ['item_criterion', 'revision_criterion', 'plan_criterion'];
const each = (list: readonly unknown[]) => list.map(() => '');
const run = ({ run_id, run_attempt }: RunReading, own: string | null) => `${run_id} ${run_attempt} ${own}`;
const judged = ({ verdicts }: RunReading) => verdicts.filter(({ kind }) => kind !== 'criterion_fit');
const answers = ({ steps }: RunReading) => steps.filter(({ counts, model }) => counts && model !== null);

const claims: Matter = {
  of: 'suggestions said to be taken up',
  in: ({ suggestions }) =>
    each(suggestions.filter(({ status }) => status === 'addressed' || status === 'partial')),
};
const calls: Matter = { of: 'model calls', in: ({ calls }) => each(calls) };

const matters: Record<string, Matter> = {
  'criterion.failed_later': {
    of: 'later verdicts on one criterion',
    least: 4,
    in: (reading) =>
      reading.verdicts
        .filter(({ kind, pass }) => laterKinds.includes(kind) && pass !== null)
        .map(({ criterion_id }) => run(reading, criterion_id)),
  },
  'feedback.ignored': {
    of: 'suggestions that a writer was told',
    in: ({ suggestions }) => each(suggestions.filter(({ told }) => told !== null)),
  },
  'feedback.unproven': claims,
  'feedback.not_new': claims,
  'verdict.against_score': {
    of: 'verdicts with a label and a score',
    in: ({ verdicts }) => each(verdicts.filter(({ pass, score }) => pass !== null && score !== null)),
  },
  'judges.disagree': {
    of: 'verdicts on one thing by one criterion',
    least: 2,
    in: (reading) =>
      reading.verdicts
        .filter(
          ({ kind, pass }) => pass !== null && (kind === 'item_criterion' || kind === 'baseline_criterion'),
        )
        .map(({ item_id, criterion_id }) => run(reading, `${item_id} ${criterion_id}`)),
  },
  'judge.contradicts_itself': {
    of: 'verdicts by prompts that are whole',
    least: 2,
    in: ({ steps, verdicts }) => {
      const whole = new Set(
        steps.filter(({ prompt }) => prompt.state === 'whole').map(({ span_id }) => span_id),
      );
      return each(verdicts.filter(({ span_id, pass }) => pass !== null && whole.has(span_id)));
    },
  },
  'judge.lenient': {
    of: 'verdicts of one judge',
    least: 30,
    in: (reading) =>
      judged(reading)
        .filter(({ pass }) => pass !== null)
        .map(({ judge, kind }) => `${judge} ${kind}`),
  },
  'judge.no_spread': {
    of: 'free scores of one judge',
    least: 30,
    in: (reading) =>
      judged(reading)
        .filter(({ score, status }) => score !== null && status === null)
        .map(({ judge, kind }) => `${judge} ${kind}`),
  },
  'judge.favours': {
    of: 'choices of a plan',
    least: 10,
    in: ({ decisions }) =>
      each(decisions.filter(({ kind, candidates }) => kind === 'plan_selection' && candidates.length > 1)),
  },
  'rating.uncalibrated': {
    of: 'plans rated by their writer and scored later',
    least: 20,
    in: ({ plans }) => each(plans.filter(({ own_rating, total }) => own_rating !== null && total !== null)),
  },
  'decision.against_scores': {
    of: 'choices with scores',
    in: ({ decisions }) =>
      each(
        decisions.filter(({ by, candidates }) => candidates.some(({ scores }) => scores[by] !== undefined)),
      ),
  },
  'decision.other_scores': {
    of: 'choices with scores by criterion',
    in: ({ decisions }) =>
      each(
        decisions.filter(({ candidates }) => candidates.some(({ scores }) => Object.keys(scores).length > 0)),
      ),
  },
  'decision.close': {
    of: 'choices with a margin',
    in: ({ decisions }) => each(decisions.filter(({ margin }) => margin !== null)),
  },
  'revision.worsened': {
    of: 'requests that target criteria',
    in: ({ requests }) => each(requests.filter(({ targeted_criteria }) => targeted_criteria.length > 0)),
  },
  'impact.mispredicted': {
    of: 'requests for revision with a prediction',
    in: ({ requests }) =>
      each(requests.filter(({ approval }) => approval?.approved && approval.impacts.length > 0)),
  },
  'critic.balance': {
    of: 'suggestions of one critic that a writer was told',
    least: 10,
    in: ({ suggestions }) => suggestions.filter(({ told }) => told !== null).map(({ agent }) => agent),
  },
  'answer.unusable': { of: 'answers of a model', in: (reading) => each(answers(reading)) },
  'prompt.behind_failures': {
    of: 'answers to one version of a prompt',
    least: 5,
    in: (reading) =>
      answers(reading)
        .filter(({ prompt_version }) => prompt_version !== null)
        .map(({ agent, prompt_version, prompt_sha256 }) => `${agent} ${prompt_version} ${prompt_sha256}`),
  },
  'call.slow': calls,
  'call.dear': {
    of: 'model calls of one run',
    least: 5,
    in: (reading) => reading.calls.map(() => run(reading, null)),
  },
  'call.queued': {
    of: 'model calls that say how long they waited',
    in: ({ calls }) => each(calls.filter(({ queue_ms }) => queue_ms !== null)),
  },
  'guardrail.fired': { of: 'guardrails', in: ({ guardrails }) => each(guardrails) },
  'evidence.incomplete': { of: 'runs', in: () => [''] },
  'evidence.content_off': { of: 'runs', in: () => [''] },
};

/** How many of each kind a run has, by rule. */
export type MatterOfRun = Map<string, Map<string, number>>;

export function matterOf(reading: RunReading, rules: AuditRule[]): MatterOfRun {
  return new Map(
    rules.flatMap(({ id }) => {
      const kinds = matters[id]?.in(reading);
      const groups = kinds && Map.groupBy(kinds, (kind) => kind);
      return groups ? [[id, new Map([...groups].map(([kind, all]) => [kind, all.length]))]] : [];
    }),
  );
}

/** Counts what the rules can look at while runs go by. */
export function beginMatter(rules: AuditRule[]): {
  add: (reading: RunReading) => void;
  addMatter: (matter: MatterOfRun) => void;
  unjudged: () => Unjudged[];
} {
  const counted = rules.flatMap(({ id }) => {
    const matter = matters[id];
    return matter ? [{ id, matter, counts: new Map<string, number>() }] : [];
  });
  const addMatter = (of: MatterOfRun) => {
    for (const { id, counts } of counted)
      for (const [kind, many] of of.get(id) ?? []) counts.set(kind, (counts.get(kind) ?? 0) + many);
  };
  return {
    add: (reading) => addMatter(matterOf(reading, rules)),
    addMatter,
    unjudged: () =>
      counted.flatMap(({ id, matter: { of, least = 1 }, counts }) => {
        const most = Math.max(0, ...counts.values());
        return most >= least ? [] : [{ rule: id, of, most, least }];
      }),
  };
}

/** In a sentence; null where every rule had something to look at. */
export function unjudgedInWords(unjudged: Unjudged[], rules: number): string | null {
  if (unjudged.length === 0) return null;
  const named = unjudged.map(({ rule, of, most, least }) =>
    least > 1 ? `${rule} (${most} of the ${least} ${of} it needs)` : `${rule} (no ${of})`,
  );
  return `${unjudged.length} of ${rules} rules had nothing to look at, or too little, and say nothing of these runs: ${named.join(', ')}.`;
}
