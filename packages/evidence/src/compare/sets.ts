import type { Usage } from '../totals.ts';
import { paired } from './align.ts';
import { meanUsage } from './mean-usage.ts';
import { type MeasureChange, measureChanges, type SharedGoal } from './measures.ts';
import type { Member, RunSet } from './run-set.ts';
import { type Stretch, wordDiff } from './word-diff.ts';

/** How often each value came, in each set. */
export interface Counted {
  goal: string;
  key: string;
  before: Record<string, number>;
  now: Record<string, number>;
}

/** A criterion that runs of a goal chose, by its text. */
export interface CriterionOfSets {
  goal: string;
  text: string;
  before: { chosen: number; runs: number; passed: number; judged: number };
  now: { chosen: number; runs: number; passed: number; judged: number };
}

export interface PromptOfSets {
  agent: string;
  /** By version and hash, in how many runs. */
  before: Record<string, number>;
  now: Record<string, number>;
  /** Where each set has one, and its words are known. */
  diff: Stretch[] | null;
}

export interface SetComparison {
  kind: 'sets';
  before: SetSide;
  now: SetSide;
  /** How many attempts at runs are in both sets, with the same measures: these are compared with themselves. */
  in_both: number;
  /** The goals, each with its context, that both have; only these are tested. */
  goals: { goal: string; before: number; now: number }[];
  goals_only_before: string[];
  goals_only_now: string[];
  measures: MeasureChange[];
  /** How many measures were tested: the more, the surer each must be (Holm). */
  tests: number;
  /** Outcomes and decisions of goals in both that came in other shares. */
  choices: Counted[];
  criteria: CriterionOfSets[];
  prompts: PromptOfSets[];
  /** What a run of the goals in both used on average (of all goals, where none is in both). */
  agents: { agent: string; before: Usage | null; now: Usage | null }[];
}

export interface SetSide {
  runs: string[];
  /** Runs whose traces lack something, or whose goal is not recorded; the latter are not tested. */
  incomplete: number;
  without_goal: number;
  usage: Usage;
}

/** What is different in the newer of two sets of runs. */
export function compareSets(before: RunSet, now: RunSet): SetComparison {
  const [old, fresh] = [byGoal(before.members), byGoal(now.members)];
  const shared = [...old].flatMap(([key, members]): SharedGoal[] => {
    const others = fresh.get(key);
    return others ? [{ goal: goalOf(members), before: members, now: others }] : [];
  });
  const isKnown = (goal: string, others: typeof old) =>
    [...others.values()].some((group) => goalOf(group) === goal);
  const lonely = (one: typeof old, other: typeof old) =>
    [...one]
      .filter(([key]) => !other.has(key))
      .map(([, members]) => goalOf(members))
      .map((goal) => (isKnown(goal, other) ? `${goal} (with another context)` : goal));
  const isTested = shared.length > 0;
  const left = meanUsage(isTested ? shared.flatMap(({ before }) => before) : before.members);
  const right = meanUsage(isTested ? shared.flatMap(({ now }) => now) : now.members);
  return {
    kind: 'sets',
    before: sideOf(before, left.all),
    now: sideOf(now, right.all),
    in_both: inBoth(before.members, now.members),
    goals: shared.map(({ goal, before, now }) => ({ goal, before: before.length, now: now.length })),
    goals_only_before: lonely(old, fresh),
    goals_only_now: lonely(fresh, old),
    ...measureChanges(before.members, now.members, shared),
    choices: shared.flatMap(choicesOf).filter((one) => isOther(one.before, one.now)),
    criteria: shared.flatMap(criteriaOf),
    prompts: promptsOf(before, now),
    agents: paired(left.agents, right.agents).map(({ key, ...both }) => ({ agent: key, ...both })),
  };
}

function inBoth(before: Member[], now: Member[]): number {
  const idsOf = (members: Member[]) =>
    new Set(
      members.map(({ run_id, run_attempt, numbers }) => JSON.stringify([run_id, run_attempt, numbers])),
    );
  return idsOf(before).intersection(idsOf(now)).size;
}

function byGoal(members: Member[]): Map<string, Member[]> {
  const known = members.filter(({ goal }) => goal !== null);
  return Map.groupBy(known, ({ goal, context }) => JSON.stringify([goal, context]));
}

function goalOf([first]: Member[]): string {
  return first?.goal ?? '';
}

function sideOf({ members }: RunSet, usage: Usage): SetSide {
  return {
    runs: members.map(({ run_id }) => run_id),
    incomplete: members.filter(({ is_complete }) => !is_complete).length,
    without_goal: members.filter(({ goal }) => goal === null).length,
    usage,
  };
}

function choicesOf({ goal, before, now }: SharedGoal): Counted[] {
  const of = (member: Member): Record<string, string> => ({ outcome: member.outcome, ...member.choices });
  const keys = new Set([...before, ...now].flatMap((member) => Object.keys(of(member))));
  const counts = (members: Member[], key: string) =>
    counted(members.map((member) => of(member)[key] ?? 'not decided'));
  return [...keys].map((key) => ({ goal, key, before: counts(before, key), now: counts(now, key) }));
}

function criteriaOf({ goal, before, now }: SharedGoal): CriterionOfSets[] {
  const texts = new Set([...before, ...now].flatMap(({ criteria }) => criteria.map(({ text }) => text)));
  const sum = (members: Member[], wanted: string) => {
    const own = members.flatMap(({ criteria }) => criteria.filter(({ text }) => text === wanted));
    const total = (of: 'passed' | 'judged') => own.reduce((all, criterion) => all + criterion[of], 0);
    return { chosen: own.length, runs: members.length, passed: total('passed'), judged: total('judged') };
  };
  return [...texts].map((text) => ({ goal, text, before: sum(before, text), now: sum(now, text) }));
}

function promptsOf(before: RunSet, now: RunSet): PromptOfSets[] {
  const agents = new Set([...before.members, ...now.members].flatMap(({ prompts }) => Object.keys(prompts)));
  return [...agents].flatMap((agent) => {
    const of = ({ members }: RunSet) => counted(members.flatMap(({ prompts }) => prompts[agent] ?? []));
    const [old, fresh] = [of(before), of(now)];
    if (Object.keys(old).length === 0 || Object.keys(fresh).length === 0) return [];
    if (Object.keys(old).sort().join() === Object.keys(fresh).sort().join()) return [];
    const words = ({ prompts }: RunSet, counts: Record<string, number>) => {
      const [only, ...more] = Object.keys(counts);
      return only === undefined || more.length > 0 ? undefined : prompts.get(`${agent} ${only}`);
    };
    const [left, right] = [words(before, old), words(now, fresh)];
    const diff = left === undefined || right === undefined ? null : wordDiff(left, right);
    return [{ agent, before: old, now: fresh, diff }];
  });
}

function counted(values: string[]): Record<string, number> {
  const groups = [...Map.groupBy(values, (value) => value)].sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(groups.map(([value, same]) => [value, same.length]));
}

/** Whether values came in other shares. */
function isOther(before: Record<string, number>, now: Record<string, number>): boolean {
  const shares = (counts: Record<string, number>) => {
    const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
    return JSON.stringify(Object.entries(counts).map(([value, count]) => [value, count / all]));
  };
  return shares(before) !== shares(now);
}
