import { spread } from '../attempts.ts';
import { isOwn, type RecordedSpan, type Trace, textOf } from '../model.ts';
import { treeOf } from '../tree.ts';

/** The runs in a trace, each with its spans: a caller may have begun several in one. */
export function runsIn(trace: Trace): Trace[] {
  const byId = spansByRun(trace);
  // What belongs to none is the caller's.
  if (byId.size > 1) byId.delete('');
  return [...byId.values()].map((spans) => ({ ...trace, spans }));
}

/** The spans of a trace by their run's id; under an empty one those of none. */
export function spansByRun(trace: Trace): Map<string, RecordedSpan[]> {
  const tree = treeOf(trace);
  const idOf = spread(tree, (span) => (isOwn(span) && textOf(span.attributes, 'agento.run.id')) || null, '');
  return Map.groupBy(trace.spans, (span) => idOf.get(span) ?? '');
}
