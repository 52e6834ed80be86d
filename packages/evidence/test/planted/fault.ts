import type { RecordedSpan, Trace } from '../../src/index.ts';

/** A fault: it changes a copy of some traces, and says at which step; null if they have no place for it. */
export interface Fault {
  name: string;
  /** The rule that decides it. */
  rule: string;
  /** Rules that rightly speak, too. */
  also?: string[];
  plant: (traces: Trace[], random: () => number) => Set<string> | null;
}

export const oneOf = <T>(list: T[], random: () => number): T | undefined =>
  list[Math.floor(random() * list.length)];
export const verdictName = 'gen_ai.evaluation.result';
export const label = 'gen_ai.evaluation.score.label';
export const score = 'gen_ai.evaluation.score.value';

export const spansOf = (traces: Trace[], name: string) =>
  traces.flatMap(({ spans }) => spans.filter((span) => span.name === name));

/** Puts a verdict at the other end of its scale. */
export function swap(event: RecordedSpan['events'][number], pass: boolean): void {
  event.attributes[label] = pass ? 'pass' : 'fail';
  event.attributes[score] = pass ? 1 : 0;
  if ('agento.criterion.status' in event.attributes)
    event.attributes['agento.criterion.status'] = pass ? 'fully_met' : 'not_met';
}
