import { useEffect, useMemo, useState } from 'preact/hooks';
import { type SpanRow, useAnswer } from '../api.ts';
import { count, duration } from '../figures.ts';
import { Await } from '../parts/loaded.tsx';
import { withQuery } from '../route.ts';
import type { OfRun } from './run.tsx';
import { filtersOf, narrows } from './timeline-filters.ts';
import { TimelineForm } from './timeline-form.tsx';
import { isOpenAtFirst, linesOf, type Picked, picked, unfolded } from './timeline-lines.ts';

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
  const [focused, setFocused] = useState(0);
  const isOpen = (line: Picked) => folds.get(line.span_id) ?? isOpenAtFirst(line, filters);
  const shown = useMemo(() => unfolded(lines, isOpen), [lines, folds]);
  const fold = (id: string, isToOpen: boolean) => setFolds((all) => new Map(all).set(id, isToOpen));
  const toSpan = (id: string) => withQuery(route, { show: id, why: undefined, text: undefined });
  const onKey = (event: KeyboardEvent) => {
    const line = shown[focused];
    const to = { ArrowDown: focused + 1, ArrowUp: focused - 1, Home: 0, End: shown.length - 1 }[event.key];
    if (line && event.key === 'ArrowRight') fold(line.span_id, true);
    else if (line && event.key === 'ArrowLeft') fold(line.span_id, false);
    else if (line && event.key === 'Enter') location.hash = toSpan(line.span_id);
    else if (to !== undefined) {
      const place = Math.min(shown.length - 1, Math.max(0, to));
      setFocused(place);
      (event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('tr')[place]?.focus();
    } else return;
    event.preventDefault();
  };
  const isNarrow = narrows(filters);
  const found = isNarrow ? lines.filter(({ is_meant }) => is_meant) : shown;
  const whole = Math.max(1, ...spans.map((span) => span.start_ms + span.duration_ms));
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
            <Row
              key={line.span_id}
              line={line}
              address={toSpan(line.span_id)}
              isOpen={isOpen(line)}
              fold={fold}
              isFirst={index === Math.min(focused, shown.length - 1)}
              onFocus={() => setFocused(index)}
              whole={whole}
            />
          ))}
        </tbody>
      </table>
    </>
  );
}

function Row({
  line,
  address,
  isOpen,
  fold,
  isFirst,
  onFocus,
  whole,
}: {
  line: Picked;
  address: string;
  isOpen: boolean;
  fold: (id: string, isToOpen: boolean) => void;
  /** Whether the keyboard comes to it first. */
  isFirst: boolean;
  onFocus: () => void;
  /** Of all spans, in milliseconds. */
  whole: number;
}) {
  const classes = [
    'row',
    line.is_error && 'error',
    line.critical_ms > 0 && 'critical',
    !line.is_meant && 'above',
  ];
  return (
    <tr
      class={classes.filter(Boolean).join(' ')}
      aria-level={line.level}
      aria-expanded={line.children > 0 ? isOpen : undefined}
      tabIndex={isFirst ? 0 : -1}
      onFocus={onFocus}
    >
      <td class="name" style={{ paddingInlineStart: `${line.level * 0.9}rem` }}>
        {line.children > 0 ? (
          <button
            type="button"
            tabIndex={-1}
            aria-label={`${isOpen ? 'Fold' : 'Unfold'} ${line.name}`}
            onClick={() => fold(line.span_id, !isOpen)}
          >
            {isOpen ? '▾' : '▸'}
          </button>
        ) : (
          <span class="no-fold" />
        )}
        <a href={address} tabIndex={-1}>
          {line.name}
        </a>{' '}
        <span class="quiet">
          {line.agent} {line.item}
          {line.is_error && ' failed'}
          {line.critical_ms > 0 && ` waited for: ${duration(line.critical_ms)}`}
        </span>
      </td>
      <td class="time">{duration(line.duration_ms)}</td>
      <td class="lane" aria-label={`from ${duration(line.start_ms)}`}>
        <span
          style={{
            marginInlineStart: `${(100 * line.start_ms) / whole}%`,
            width: `max(2px, ${(100 * line.duration_ms) / whole}%)`,
          }}
        />
      </td>
    </tr>
  );
}
