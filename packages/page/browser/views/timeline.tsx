import { useMemo, useState } from 'preact/hooks';
import { type SpanRow, useAnswer } from '../api.ts';
import { count, duration } from '../figures.ts';
import { Await } from '../parts/loaded.tsx';
import { withQuery } from '../route.ts';
import type { OfRun } from './run.tsx';

/** Every span of the run under what it belongs to, with its place in time; folded to the steps at first. */
export function TimelineView({ run, route }: OfRun) {
  const answer = useAnswer<'spans'>(`./runs/${run.run_id}/evidence/spans?attempt=${run.run_attempt}`);
  return (
    <Await of={answer} what="the spans">
      {(spans) => <Waterfall spans={spans} route={route} />}
    </Await>
  );
}

interface Line extends SpanRow {
  level: number;
  children: number;
}

/** Requests between services, as their libraries record them: a model's own request belongs to its call. */
const isPlumbing = ({ name, kind, agent }: SpanRow) =>
  name === 'request' || kind === 'SERVER' || (kind === 'CLIENT' && agent === '') || name === 'POST';

/**
 * The lines of a tree, each before what is below it; in a broken trace a cycle begins nowhere, and is left out. Without
 * requests, what they hold stands one level higher.
 */
function linesOf(all: SpanRow[], hasRequests: boolean): Line[] {
  const byId = new Map(all.map((span) => [span.span_id, span]));
  const spans = hasRequests ? all : all.filter((span) => !isPlumbing(span));
  const shown = new Set(spans.map(({ span_id }) => span_id));
  const above = ({ parent }: SpanRow): string => {
    const seen = new Set<string>();
    let id = parent;
    while (id !== '' && !shown.has(id) && !seen.has(id)) {
      seen.add(id);
      const next = byId.get(id);
      // A module does not belong to the one that called it, only to the run.
      id = next && !isModule(next) ? next.parent : '';
    }
    return shown.has(id) ? id : '';
  };
  const below = Map.groupBy(spans, (span) => (!hasRequests && isModule(span) ? '' : above(span)));
  const lines: Line[] = [];
  const waiting = (below.get('') ?? []).map((span) => ({ span, level: 1 })).reverse();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { span, level } = next;
    const own = below.get(span.span_id) ?? [];
    lines.push({ ...span, level, children: own.length });
    waiting.push(...own.map((child) => ({ span: child, level: level + 1 })).reverse());
  }
  return lines;
}

const isModule = ({ name }: SpanRow) => /^run_module_\d+$/.test(name);

/** What is unfolded at first: each module, and what leads to it. */
function firstOpen(lines: Line[]): Set<string> {
  return new Set(lines.filter((line) => isModule(line) || isPlumbing(line)).map(({ span_id }) => span_id));
}

function Waterfall({ spans, route }: { spans: SpanRow[]; route: OfRun['route'] }) {
  const [hasRequests, setRequests] = useState(false);
  const lines = useMemo(() => linesOf(spans, hasRequests), [spans, hasRequests]);
  const [open, setOpen] = useState(() => firstOpen(linesOf(spans, true)));
  const [search, setSearch] = useState('');
  const [onlyErrors, setOnlyErrors] = useState(false);
  const [onlyCritical, setOnlyCritical] = useState(false);
  const [focused, setFocused] = useState(0);
  const whole = Math.max(1, ...spans.map((span) => span.start_ms + span.duration_ms));
  const shown = useMemo(() => {
    const wanted = search.toLowerCase();
    if (wanted !== '' || onlyErrors || onlyCritical) {
      return lines.filter(
        (line) =>
          (!onlyErrors || line.is_error) &&
          (!onlyCritical || line.critical_ms > 0) &&
          `${line.name} ${line.agent} ${line.item} ${line.span_id}`.toLowerCase().includes(wanted),
      );
    }
    // Below a folded line everything deeper is left out until its level comes back.
    let folded = Number.POSITIVE_INFINITY;
    return lines.filter((line) => {
      if (line.level > folded) return false;
      folded = line.children > 0 && !open.has(line.span_id) ? line.level : Number.POSITIVE_INFINITY;
      return true;
    });
  }, [lines, open, search, onlyErrors, onlyCritical]);
  const fold = (id: string, isOpen: boolean) =>
    setOpen((all) => {
      const next = new Set(all);
      if (isOpen) next.add(id);
      else next.delete(id);
      return next;
    });
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
  return (
    <>
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <label>
          Find{' '}
          <input
            type="search"
            value={search}
            placeholder="span, agent or item"
            onInput={(event) => setSearch(event.currentTarget.value)}
          />
        </label>
        <label>
          <input
            type="checkbox"
            checked={onlyErrors}
            onChange={(event) => setOnlyErrors(event.currentTarget.checked)}
          />{' '}
          only what failed
        </label>
        <label>
          <input
            type="checkbox"
            checked={onlyCritical}
            onChange={(event) => setOnlyCritical(event.currentTarget.checked)}
          />{' '}
          only what the run waited for
        </label>
        <label>
          <input
            type="checkbox"
            checked={hasRequests}
            onChange={(event) => setRequests(event.currentTarget.checked)}
          />{' '}
          requests between services, too
        </label>
        <button type="button" onClick={() => setOpen(new Set(lines.map(({ span_id }) => span_id)))}>
          Unfold all
        </button>
        <button type="button" onClick={() => setOpen(firstOpen(linesOf(spans, true)))}>
          Fold
        </button>
        <span class="quiet" role="status">
          {count(shown.length)} of {count(spans.length)} spans
        </span>
      </form>
      {/* biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table whose rows fold is a treegrid (WAI-ARIA) */}
      <table class="waterfall" role="treegrid" aria-label="Spans of the run" onKeyDown={onKey}>
        <tbody>
          {shown.map((line, index) => (
            <tr
              key={line.span_id}
              class={['row', line.is_error && 'error', line.critical_ms > 0 && 'critical']
                .filter(Boolean)
                .join(' ')}
              aria-level={line.level}
              aria-expanded={line.children > 0 ? open.has(line.span_id) : undefined}
              tabIndex={index === Math.min(focused, shown.length - 1) ? 0 : -1}
              onFocus={() => setFocused(index)}
            >
              <td class="name" style={{ paddingInlineStart: `${line.level * 0.9}rem` }}>
                {line.children > 0 ? (
                  <button
                    type="button"
                    tabIndex={-1}
                    aria-label={`${open.has(line.span_id) ? 'Fold' : 'Unfold'} ${line.name}`}
                    onClick={() => fold(line.span_id, !open.has(line.span_id))}
                  >
                    {open.has(line.span_id) ? '▾' : '▸'}
                  </button>
                ) : (
                  <span class="no-fold" />
                )}
                <a href={toSpan(line.span_id)} tabIndex={-1}>
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
          ))}
        </tbody>
      </table>
    </>
  );
}
