import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import { type SpanRow, useAnswer } from '../api.ts';
import { count } from '../figures.ts';
import { Await } from '../parts/loaded.tsx';
import type { OfRun } from './run.tsx';
import { filtersOf, narrows } from './timeline-filters.ts';
import { TimelineForm } from './timeline-form.tsx';
import { isOpenAtFirst, linesOf, type Picked, picked, unfolded } from './timeline-lines.ts';
import { TimelineRows } from './timeline-rows.tsx';

/** Every span of the run under what it belongs to, with its place in time; folded to the steps at first. */
export function TimelineView({ run, route }: OfRun) {
  const answer = useAnswer<'spans'>(`./runs/${run.run_id}/evidence/spans?attempt=${run.run_attempt}`);
  return (
    <Await of={answer} what="the spans">
      {(spans) => <Waterfall spans={spans} route={route} />}
    </Await>
  );
}

function Waterfall({ spans, route }: { spans: SpanRow[]; route: OfRun['route'] }) {
  const filters = useMemo(() => filtersOf(route.query), [route]);
  const lines = useMemo(() => picked(linesOf(spans, filters.requests), filters), [spans, filters]);
  /** What somebody folded or unfolded, by span. */
  const [folds, setFolds] = useState<ReadonlyMap<string, boolean>>(new Map());
  const asked = JSON.stringify(filters);
  useEffect(() => setFolds(new Map()), [asked]);
  const isOpen = (line: Picked) => folds.get(line.span_id) ?? isOpenAtFirst(line, filters);
  const shown = useMemo(() => unfolded(lines, isOpen), [lines, folds]);
  const fold = useCallback(
    (id: string, isToOpen: boolean) => setFolds((all) => new Map(all).set(id, isToOpen)),
    [],
  );
  const isNarrow = narrows(filters);
  const found = isNarrow ? lines.filter(({ is_meant }) => is_meant) : shown;
  return (
    <>
      <TimelineForm spans={spans} filters={filters} route={route}>
        <button type="button" onClick={() => setFolds(new Map(lines.map(({ span_id }) => [span_id, true])))}>
          Unfold all
        </button>
        <button type="button" onClick={() => setFolds(new Map())}>
          Fold
        </button>
        <span class="quiet" role="status">
          {count(found.length)} of {count(spans.length)} spans
          {isNarrow && found.length > 0 && ', below what they belong to'}
        </span>
      </TimelineForm>
      <TimelineRows spans={spans} shown={shown} route={route} isOpen={isOpen} fold={fold} />
    </>
  );
}
