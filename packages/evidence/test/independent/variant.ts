import type { RecordedSpan, Trace } from '../../src/index.ts';

export type Pick = <One>(list: One[]) => One | undefined;

/** Something that happened to traces, and what a rule should make of it. */
export interface Variant {
  rule: string;
  what: string;
  /** False: it looks like the fault and is none, so that the rule should say nothing. */
  isFault: boolean;
  /**
   * Alters the traces, which are copies. Returns the ids of spans of which any names the right step (`run` for a run
   * as a whole), or null where these traces have no place for it.
   */
  plant: (traces: Trace[], pick: Pick) => string[] | null;
}

export function variantsOf(
  rule: string,
  list: [what: string, isFault: boolean, plant: Variant['plant']][],
): Variant[] {
  return list.map(([what, isFault, plant]) => ({ rule, what, isFault, plant }));
}

export const run = 'run';

/** A fault in one place of one trace. */
export function inOne(
  places: (trace: Trace) => RecordedSpan[],
  change: (span: RecordedSpan, trace: Trace, pick: Pick) => string[] | false | undefined,
): Variant['plant'] {
  return (traces, pick) => {
    const all = traces.flatMap((trace) => places(trace).map((span) => ({ span, trace })));
    for (let tries = 0; tries < 20; tries += 1) {
      const place = pick(all);
      if (!place) return null;
      const changed = change(place.span, place.trace, pick);
      if (changed !== false) return changed ?? [place.span.span_id];
    }
    return null;
  };
}

/** The same in all places of all traces. */
export function inAll(
  places: (trace: Trace) => RecordedSpan[],
  change: (span: RecordedSpan, index: number, trace: Trace) => void,
): Variant['plant'] {
  return (traces) => {
    let index = 0;
    const changed: string[] = [];
    for (const trace of traces)
      for (const span of places(trace)) {
        change(span, index, trace);
        changed.push(span.span_id);
        index += 1;
      }
    return changed.length > 0 ? changed : null;
  };
}
