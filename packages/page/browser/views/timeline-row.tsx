import { Component } from 'preact';
import { duration } from '../figures.ts';
import { type Route, withQuery } from '../route.ts';
import type { Picked } from './timeline-lines.ts';

interface OfRow {
  line: Picked;
  /** From 0, in all that is shown. */
  index: number;
  /** Lines that are not drawn between the one before and this. */
  missing: number;
  route: Route;
  isOpen: boolean;
  fold: (id: string, isToOpen: boolean) => void;
  /** Whether the keyboard comes to it first. */
  isFirst: boolean;
  onFocus: (id: string) => void;
  /** Of all spans, in milliseconds. */
  whole: number;
}

/** The address of the timeline with the span opened beside it. */
export function toSpan(route: Route, id: string): string {
  return withQuery(route, { show: id, why: undefined, text: undefined });
}

/** A line of the timeline; drawn again only when it is another than before, for there may be thousands. */
export class TimelineRow extends Component<OfRow> {
  override shouldComponentUpdate(next: OfRow): boolean {
    return (Object.keys(next) as (keyof OfRow)[]).some((name) => next[name] !== this.props[name]);
  }

  override render({ line, index, missing, route, isOpen, fold, isFirst, onFocus, whole }: OfRow) {
    const classes = [
      'row',
      line.is_error && 'error',
      line.critical_ms > 0 && 'critical',
      !line.is_meant && 'above',
    ];
    return (
      <tr
        class={classes.filter(Boolean).join(' ')}
        style={{ '--missing': missing }}
        aria-rowindex={index + 1}
        aria-level={line.level}
        aria-expanded={line.children > 0 ? isOpen : undefined}
        tabIndex={isFirst ? 0 : -1}
        onFocusIn={() => onFocus(line.span_id)}
      >
        {/* However deep it is, its name has room. */}
        <td class="name" style={{ paddingInlineStart: `min(${line.level * 0.9}rem, 50%)` }}>
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
          <a href={toSpan(route, line.span_id)} tabIndex={-1}>
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
}
