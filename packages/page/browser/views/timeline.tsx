import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import { type SpanRow, useAnswer } from '../api.ts';
import { count } from '../figures.ts';
import { Await } from '../parts/loaded.tsx';
import type { OfRun } from './run.tsx';
import { filtersOf, narrows } from './timeline-filters.ts';
import { TimelineForm } from './timeline-form.tsx';
import { isOpenAtFirst, linesOf, type Picked, picked, unfolded } from './timeline-lines.ts';
import { TimelineRow, toSpan } from './timeline-row.tsx';

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
  /** The span the keyboard was at last. */
  const [focused, setFocused] = useState('');
  const isOpen = (line: Picked) => folds.get(line.span_id) ?? isOpenAtFirst(line, filters);
  const shown = useMemo(() => unfolded(lines, isOpen), [lines, folds]);
  const fold = useCallback(
    (id: string, isToOpen: boolean) => setFolds((all) => new Map(all).set(id, isToOpen)),
    [],
  );
  const at = Math.max(
    0,
    shown.findIndex(({ span_id }) => span_id === focused),
  );
  const onKey = (event: KeyboardEvent) => {
    const line = shown[at];
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: shown.length - 1 }[event.key];
    if (line && event.key === 'ArrowRight') fold(line.span_id, true);
    else if (line && event.key === 'ArrowLeft') fold(line.span_id, false);
    else if (line && event.key === 'Enter') location.hash = toSpan(route, line.span_id);
    else if (to !== undefined) {
      const place = Math.min(shown.length - 1, Math.max(0, to));
      (event.currentTarget as HTMLTableElement).rows[place]?.focus();
    } else return;
    event.preventDefault();
  };
  const isNarrow = narrows(filters);
  const found = isNarrow ? lines.filter(({ is_meant }) => is_meant) : shown;
  const whole = useMemo(() => Math.max(1, ...spans.map((span) => span.start_ms + span.duration_ms)), [spans]);
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
      {/* biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table whose rows fold is a treegrid (WAI-ARIA) */}
      <table class="waterfall" role="treegrid" aria-label="Spans of the run" onKeyDown={onKey}>
        <tbody>
          {shown.map((line, index) => (
            <TimelineRow
              key={line.span_id}
              line={line}
              route={route}
              isOpen={isOpen(line)}
              fold={fold}
              isFirst={index === at}
              onFocus={setFocused}
              whole={whole}
            />
          ))}
        </tbody>
      </table>
    </>
  );
}
