import { useCallback, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { SpanRow } from '../api.ts';
import { useRowsInView } from '../parts/rows-in-view.ts';
import type { Route } from '../route.ts';
import type { Picked } from './timeline-lines.ts';
import { TimelineRow, toSpan } from './timeline-row.tsx';

/** Where the keyboard goes on, and what is to become of that row when it is drawn. */
interface Place {
  id: string;
  reach: 'focus' | 'show' | null;
}

/**
 * The tree grid of the timeline, which the keyboard walks. Of thousands of lines only those near the window are drawn, and
 * the one the keyboard is at; each leaves room for those before it that are not.
 */
export function TimelineRows({
  spans,
  shown,
  route,
  isOpen,
  fold,
}: {
  spans: SpanRow[];
  /** The lines that nothing hides. */
  shown: Picked[];
  route: Route;
  isOpen: (line: Picked) => boolean;
  fold: (id: string, isToOpen: boolean) => void;
}) {
  const opened = route.query.get('show') ?? '';
  const body = useRef<HTMLTableSectionElement>(null);
  const [place, setPlace] = useState<Place>({ id: '', reach: null });
  const found = useMemo(() => shown.findIndex(({ span_id }) => span_id === place.id), [shown, place.id]);
  const at = Math.max(0, found);
  const { first, last } = useRowsInView(body, shown.length);
  useLayoutEffect(() => {
    // The keyboard stays where it is while what is opened is folded away, or none of these.
    if (shown.some(({ span_id }) => span_id === opened)) setPlace({ id: opened, reach: 'show' });
  }, [opened]);
  useLayoutEffect(() => {
    const row = body.current?.querySelector<HTMLElement>('tr[tabindex="0"]');
    if (place.reach === 'focus') row?.focus();
    else if (place.reach === 'show') row?.scrollIntoView({ block: 'nearest' });
  }, [place]);
  const onFocus = useCallback(
    (id: string) => setPlace((before) => (before.id === id ? before : { id, reach: null })),
    [],
  );
  const onKey = (event: KeyboardEvent) => {
    const line = shown[at];
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: shown.length - 1 }[event.key];
    if (!line) return;
    if (event.key === 'ArrowRight') fold(line.span_id, true);
    else if (event.key === 'ArrowLeft') fold(line.span_id, false);
    else if (event.key === 'Enter') location.hash = toSpan(route, line.span_id);
    else if (to !== undefined) setPlace({ id: (shown[to] ?? line).span_id, reach: 'focus' });
    else return;
    event.preventDefault();
  };
  const whole = useMemo(() => Math.max(1, ...spans.map((span) => span.start_ms + span.duration_ms)), [spans]);
  const drawn = Array.from(
    { length: Math.max(0, Math.min(last, shown.length) - first) },
    (_, n) => first + n,
  );
  if (at < first) drawn.unshift(at);
  else if (at >= last) drawn.push(at);
  return (
    <table
      class="waterfall"
      // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table whose rows fold is a treegrid (WAI-ARIA)
      role="treegrid"
      aria-label="Spans of the run"
      aria-rowcount={shown.length}
      onKeyDown={onKey}
    >
      <tbody ref={body} style={{ '--rows': shown.length }}>
        {drawn.map((index, order) => {
          const line = shown[index];
          return (
            line && (
              <TimelineRow
                key={line.span_id}
                line={line}
                index={index}
                missing={index - (drawn[order - 1] ?? -1) - 1}
                route={route}
                isOpen={isOpen(line)}
                fold={fold}
                isFirst={index === at}
                onFocus={onFocus}
                whole={whole}
              />
            )
          );
        })}
      </tbody>
    </table>
  );
}
