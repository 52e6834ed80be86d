import type { Call, RunReading, Step } from '../reading/index.ts';

/** The same step of two runs; null where a run did not take it. */
export interface Pair<T> {
  key: string;
  before: T | null;
  now: T | null;
}

/** A step by the `agento.call.key` of its first call, which is the same if the run is made again; without one by what it is about. */
export function stepsByKey({ steps, calls }: RunReading): Map<string, Step> {
  const byId = new Map(calls.map((call) => [call.span_id, call]));
  const counted = steps.filter(({ counts }) => counts);
  return new Map(counted.map((step) => [keyOf(step, byId), step]));
}

/** Both sides' things by key, in the order of time of the newer run; what only the older one has stands at its place there. */
export function paired<T extends object>(before: Map<string, T>, now: Map<string, T>): Pair<T>[] {
  const keys = [...now.keys()];
  let place = 0;
  for (const key of before.keys()) {
    const found = keys.indexOf(key);
    if (found >= 0) place = found + 1;
    else keys.splice(place++, 0, key);
  }
  return keys.map((key) => ({ key, before: before.get(key) ?? null, now: now.get(key) ?? null }));
}

function keyOf({ module, name, agent, about, calls: own }: Step, byId: Map<string, Call>): string {
  const key = own.map((id) => byId.get(id)?.key).find((found) => found);
  if (key) return key;
  const { plan_id, item_id, criterion_id, attempt } = about;
  // What a choice is about is what was chosen.
  const plan = name === 'plan_selection' ? null : plan_id;
  const ids = [plan, item_id, criterion_id, attempt === null ? null : `a${attempt}`];
  return [`m${module}`, name, agent, ...ids].filter(Boolean).join('/');
}
