import type { RunReading, Verdict } from '../reading/index.ts';
import { similarity } from '../why/similarity.ts';

type Judged = Pick<Verdict, 'status' | 'score' | 'pass'>;

/** How often items met a criterion before their revision, and how the finished plan does. */
export interface Fate {
  passed: number;
  judged: number;
  /** 0 to 1; null if none was scored. */
  mean: number | null;
  plan: Judged | null;
}

/** A criterion, or a constraint, of both runs: the same by its text, or `reworded` where only the id is the same. */
export interface CriterionChange {
  before: string | null;
  now: string | null;
  text_before: string | null;
  text_now: string | null;
  match: 'the same' | 'reworded' | 'only before' | 'only now';
  is_constraint: boolean;
  fate_before: Fate;
  fate_now: Fate;
}

/** From this share of common words on (Dice) a text is taken for the same one in other words. */
const leastSimilar = 0.5;

interface Entry {
  id: string;
  text: string | null;
  is_constraint: boolean;
}

/** The criteria that either run chose, and the constraints that either found. */
export function criterionChanges(before: RunReading, now: RunReading): CriterionChange[] {
  const chosen = (reading: RunReading) => new Set(entriesOf(reading, true).map(({ id }) => id));
  const [old, fresh] = [chosen(before), chosen(now)];
  return matched(entriesOf(before), entriesOf(now))
    .filter(([left, right]) => (left && old.has(left.id)) || (right && fresh.has(right.id)))
    .map(([left, right]) => ({
      before: left && old.has(left.id) ? left.id : null,
      now: right && fresh.has(right.id) ? right.id : null,
      text_before: left?.text ?? null,
      text_now: right?.text ?? null,
      match: matchOf(left && old.has(left.id) ? left : null, right && fresh.has(right.id) ? right : null),
      is_constraint: (left ?? right)?.is_constraint === true,
      fate_before: fateOf(left?.id, before),
      fate_now: fateOf(right?.id, now),
    }));
}

/** The id that a criterion or constraint of the older run has in the newer one; its own where there is none. */
export function idsNow(before: RunReading, now: RunReading): (id: string) => string {
  const pairs = matched(entriesOf(before), entriesOf(now));
  const ids = new Map(pairs.flatMap(([left, right]) => (left && right ? [[left.id, right.id]] : [])));
  const taken = new Set(entriesOf(now).map(({ id }) => id));
  // An id that stands for another criterion now is not its own any more.
  return (id) => ids.get(id) ?? (taken.has(id) ? `${id} (before)` : id);
}

function entriesOf({ criteria, constraints, verdicts }: RunReading, onlyChosen = false): Entry[] {
  const judged = criteria.filter(({ is_selected }) => is_selected || !onlyChosen);
  // While content is off constraints are known by their verdicts alone.
  const named = constraints.length > 0 ? [] : verdicts.flatMap(({ constraint_id }) => constraint_id ?? []);
  return [
    ...judged.map(({ id, text }) => ({ id, text, is_constraint: false })),
    ...constraints.map(({ id, text }) => ({ id, text, is_constraint: true })),
    ...[...new Set(named)].map((id) => ({ id, text: null, is_constraint: true })),
  ];
}

function matched(before: Entry[], now: Entry[]): [Entry | null, Entry | null][] {
  const left = new Set(now);
  const take = (found: Entry | undefined) => {
    if (found) left.delete(found);
    return found ?? null;
  };
  const byText = before.map((entry) => {
    const same = [...left].filter(({ text }) => text !== null && text === entry.text);
    return take(same.find(({ id }) => id === entry.id) ?? same[0]);
  });
  const pairs = before.map((entry, index): [Entry | null, Entry | null] => [
    entry,
    byText[index] ?? take([...left].find((other) => isReworded(entry, other))),
  ]);
  return [...pairs, ...[...left].map((entry): [null, Entry] => [null, entry])];
}

/** While content is off the id is all there is. */
function isReworded(before: Entry, now: Entry): boolean {
  if (before.id !== now.id) return false;
  if (before.text === null || now.text === null) return true;
  return similarity(before.text, now.text) >= leastSimilar;
}

function matchOf(left: Entry | null, right: Entry | null): CriterionChange['match'] {
  if (!left) return 'only now';
  if (!right) return 'only before';
  return left.text === right.text || left.text === null || right.text === null ? 'the same' : 'reworded';
}

function fateOf(id: string | undefined, { verdicts }: RunReading): Fate {
  const own = verdicts.filter(
    (verdict) => id !== undefined && (verdict.criterion_id ?? verdict.constraint_id) === id,
  );
  const items = own.filter(({ kind, pass }) => kind === 'item_criterion' && pass !== null);
  const scores = items.flatMap(({ score }) => score ?? []);
  const plan = own.find(({ kind, constraint_id }) => kind === 'plan_criterion' || constraint_id !== null);
  return {
    passed: items.filter(({ pass }) => pass).length,
    judged: items.length,
    mean: scores.length === 0 ? null : scores.reduce((sum, score) => sum + score, 0) / scores.length,
    plan: plan ? { status: plan.status, score: plan.score, pass: plan.pass } : null,
  };
}
