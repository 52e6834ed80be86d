import { latest, stepKeyOf } from './executions.ts';
import type { ModuleRun, RunTrace } from './run.ts';

/**
 * Of the executions of each module's part of an attempt lets the last one count, and lets each module be based on the
 * execution that counts of the module before. Gives the run's `standIn`.
 */
export function countLastOf(executions: ModuleRun[]): RunTrace['standIn'] {
  const parts = Map.groupBy(executions, ({ attempt, number }) => `${attempt} ${number}`);
  const counting = new Map<ModuleRun, ModuleRun>();
  const standIns = new Map<string, string>();
  for (const part of parts.values()) {
    const highest = latest(part.map(({ root }) => root));
    const last = part.find(({ execution }) => execution === highest);
    if (!last) continue;
    const lost = part.filter(({ execution }) => execution < highest);
    for (const module of lost) {
      module.counts = false;
      counting.set(module, last);
    }
    if (lost.length > 0) addStandIns(standIns, last, lost);
  }
  for (const module of executions) {
    module.previous = module.previous && (counting.get(module.previous) ?? module.previous);
  }
  return (spanId) => standIns.get(spanId) ?? spanId;
}

function addStandIns(standIns: Map<string, string>, last: ModuleRun, lost: ModuleRun[]): void {
  const byKey = new Map([last.root, ...last.spans].map((span) => [stepKeyOf(span), span.span_id] as const));
  for (const span of lost.flatMap(({ root, spans }) => [root, ...spans])) {
    const key = stepKeyOf(span);
    const id = key === null ? undefined : byKey.get(key);
    if (id !== undefined) standIns.set(span.span_id, id);
  }
}
