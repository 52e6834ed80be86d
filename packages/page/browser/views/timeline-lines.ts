import type { SpanRow } from '@agento/evidence';
import { type Filters, isMeant, narrows } from './timeline-filters.ts';

/** A span in the tree that is shown. */
export interface Line extends SpanRow {
  /** From 1. */
  level: number;
  /** The line it is below; empty for one that is below none. */
  above: string;
}

/** A line that stays when the tree is filtered. */
export interface Picked extends Line {
  /** Lines directly below it that stay. */
  children: number;
  /** False where it stays only because of what is below it. */
  is_meant: boolean;
}

/** Requests between services, as their libraries record them: a model's own request belongs to its call. */
const isPlumbing = ({ name, kind, agent }: SpanRow) =>
  name === 'request' || kind === 'SERVER' || (kind === 'CLIENT' && agent === '') || name === 'POST';

const isModule = ({ name }: SpanRow) => /^run_module_\d+$/.test(name);

/**
 * The lines of a tree, each before what is below it; in a broken trace a cycle begins nowhere, and is left out. Without
 * requests, what they hold stands one level higher.
 */
export function linesOf(all: SpanRow[], hasRequests: boolean): Line[] {
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
  const placed = (id: string, level: number) =>
    (below.get(id) ?? []).map((span) => ({ ...span, level, above: id })).reverse();
  const waiting = placed('', 1);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    lines.push(next);
    waiting.push(...placed(next.span_id, next.level + 1));
  }
  return lines;
}

/** What is meant, and what it is below, as `agento trace` has it. */
export function picked(lines: Line[], filters: Filters): Picked[] {
  const meant = lines.filter((line) => isMeant(line, filters));
  const byId = new Map(lines.map((line) => [line.span_id, line]));
  const kept = new Set(meant);
  for (const line of meant) {
    for (let at = byId.get(line.above); at && !kept.has(at); at = byId.get(at.above)) kept.add(at);
  }
  const isMeantOne = new Set(meant);
  const stay = lines.filter((line) => kept.has(line));
  const below = Map.groupBy(stay, ({ above }) => above);
  return stay.map((line) => ({
    ...line,
    children: below.get(line.span_id)?.length ?? 0,
    is_meant: isMeantOne.has(line),
  }));
}

/** Whether a line is unfolded before anybody folds it: down to the depth; all that is found; or modules. */
export function isOpenAtFirst(line: Line, filters: Filters): boolean {
  if (filters.depth !== null) return line.level < filters.depth;
  return narrows(filters) || isModule(line) || isPlumbing(line);
}

/** The lines that no folded one hides. */
export function unfolded(lines: Picked[], isOpen: (line: Picked) => boolean): Picked[] {
  // Below a folded line everything deeper is left out until its level comes back.
  let folded = Number.POSITIVE_INFINITY;
  return lines.filter((line) => {
    if (line.level > folded) return false;
    folded = line.children > 0 && !isOpen(line) ? line.level : Number.POSITIVE_INFINITY;
    return true;
  });
}
