import { type Decision, linksByEnd, type RunReading, type Step } from '../reading/index.ts';
import { paired, stepsByKey } from './align.ts';
import type { VerdictChange } from './verdicts.ts';

/** The same choice in both runs. */
export interface DecisionChange {
  /** Its kind, and the item that it is about. */
  key: string;
  before: Decision | null;
  now: Decision | null;
  /** `choice`: it went another way; `grounds`: candidates, scores or reason are others. */
  change: 'choice' | 'grounds' | 'none' | 'only before' | 'only now';
}

/** What depends on a decision, in both runs, by the links of spans. */
export interface Followed {
  /** Keys of steps that only one of the runs took. */
  only_before: string[];
  only_now: string[];
  /** Keys of steps in both. */
  both: string[];
  /** Keys of decisions that went another way, and ids of verdicts with another result. */
  decisions: string[];
  verdicts: string[];
}

export function decisionChanges(
  before: RunReading,
  now: RunReading,
  idNow: (id: string) => string,
): DecisionChange[] {
  const byKey = ({ decisions }: RunReading) =>
    new Map(
      decisions.map((decision) => [
        [decision.kind, decision.about.item_id].filter(Boolean).join(' '),
        decision,
      ]),
    );
  return paired(byKey(before), byKey(now)).map(({ key, ...both }) => ({
    key,
    ...both,
    change: changeOf(both, idNow),
  }));
}

function changeOf(
  { before, now }: { before: Decision | null; now: Decision | null },
  idNow: (id: string) => string,
): DecisionChange['change'] {
  if (!before) return 'only now';
  if (!now) return 'only before';
  const idOf = before.kind === 'criteria_selection' ? idNow : (id: string) => id;
  const isSame = new Set(before.chosen.map(idOf)).symmetricDifference(new Set(now.chosen)).size === 0;
  if (!isSame) return 'choice';
  return groundsOf(before, now) === groundsOf(now, before) ? 'none' : 'grounds';
}

/** Candidates with scores, and reasons as far as the other run's are known, too. */
function groundsOf({ candidates, reason, margin }: Decision, other: Decision): string {
  const told = other.reason === null ? null : reason;
  const weighed = candidates.map(({ id, scores, reason: why }) => {
    const its = other.candidates.find((candidate) => candidate.id === id);
    return [id, scores, its?.reason === null ? null : why];
  });
  return JSON.stringify([weighed, margin, told]);
}

/** The steps of both runs that used a decision's outcome, or what came of it, and what of them is other. */
export function followed(
  { before: old, now: fresh }: Pick<DecisionChange, 'before' | 'now'>,
  [before, now]: [RunReading, RunReading],
  others: { decisions: DecisionChange[]; verdicts: VerdictChange[] },
): Followed {
  const [left, right] = [dependents(before, old), dependents(now, fresh)];
  const [leftKeys, rightKeys] = [new Set(left.keys()), new Set(right.keys())];
  const spans = new Set([...left.values(), ...right.values()].map(({ span_id }) => span_id));
  const isOfIt = ({ before, now }: { before: Span; now: Span }) =>
    [before, now].some((made) => made !== null && spans.has(made.span_id));
  return {
    only_before: [...leftKeys.difference(rightKeys)],
    only_now: [...rightKeys.difference(leftKeys)],
    both: [...rightKeys.intersection(leftKeys)],
    decisions: others.decisions
      .filter((other) => other.change !== 'none' && other.change !== 'grounds' && isOfIt(other))
      .map(({ key }) => key),
    verdicts: others.verdicts
      .filter((other) => other.change === 'result' && isOfIt(other))
      .map(({ id }) => id),
  };
}

type Span = { span_id: string } | null;

function dependents(reading: RunReading, decision: Decision | null): Map<string, Step> {
  if (!decision) return new Map();
  const links = linksByEnd(reading);
  const reached = new Set([decision.span_id, ...usersOfText(reading, decision)]);
  const below = Map.groupBy(reading.steps, ({ parent }) => parent);
  // A set is walked on while it grows. What is below a step works on what that was given; below the decision it came before.
  for (const span of reached) {
    for (const { from } of links.to(span)) reached.add(from);
    if (span !== decision.span_id) for (const { span_id } of below.get(span) ?? []) reached.add(span_id);
  }
  reached.delete(decision.span_id);
  return new Map([...stepsByKey(reading)].filter(([, { span_id }]) => reached.has(span_id)));
}

/** What uses a text that was accepted links to its writer; the text's own judges came before the decision. */
function usersOfText(reading: RunReading, { kind, about, chosen }: Decision): string[] {
  if (kind !== 'attempt_acceptance') return [];
  const item = reading.items.find(({ id }) => id === about.item_id);
  const attempts = chosen.map((id) => (id === 'original' ? 0 : Number(id.replace('attempt-', ''))));
  const writers = (item?.texts ?? []).filter(({ attempt }) => attempts.includes(attempt));
  const links = linksByEnd(reading);
  const users = writers.flatMap(({ span_id }) => links.to(span_id).map(({ from }) => from));
  return users.filter((user) => {
    const step = reading.steps.find(({ span_id }) => span_id === user);
    return step !== undefined && step.about.item_id !== about.item_id;
  });
}
