import { spread } from '../attempts.ts';
import { isOwn, type Trace, textOf } from '../model.ts';
import { treeOf } from '../tree.ts';

/** The runs in a trace, each with its spans: a caller may have begun several in one. */
export function runsIn(trace: Trace): Trace[] {
  const tree = treeOf(trace);
  const idOf = spread(tree, (span) => (isOwn(span) && textOf(span.attributes, 'agento.run.id')) || null, '');
  const byId = Map.groupBy(trace.spans, (span) => idOf.get(span) ?? '');
  // What belongs to none is the caller's.
  if (byId.size > 1) byId.delete('');
  return [...byId.values()].map((spans) => ({ ...trace, spans }));
}
