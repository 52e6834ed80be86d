import { stripVTControlCharacters } from 'node:util';
import { printable } from '@agento/contracts';
import picocolors from 'picocolors';
import { attemptsOf } from './attempts.ts';
import { lostRoots, resumedModules } from './executions.ts';
import { gapsOf } from './gaps.ts';
import { type RecordedSpan, type Trace, textOf } from './model.ts';
import { shortened } from './page/wrap.ts';
import { type RunReading, readRuns } from './reading/reading.ts';
import type { Colors } from './render-span.ts';
import { type Drawing, drawn } from './render-tree.ts';
import { type ViewOptions, viewOf } from './render-view.ts';
import { duration, tableOf, tablesOf } from './tables.ts';
import { totals, type Usage } from './totals.ts';
import { treeOf } from './tree.ts';

export interface TreeOptions extends ViewOptions {
  color: boolean;
  /** Characters of a terminal's line: longer lines are cut. Absent: nothing is cut. */
  width?: number;
}

/**
 * The trace for people to read: two lines of heading, the tree (durations, service, agent, ids, tokens, verdicts, errors),
 * spans whose parents form a cycle, what is missing, the criteria, and totals; all of it per attempt if there were
 * several. An execution that was made again is one line; `executions` shows what lies below it, too.
 */
export function renderTree(trace: Trace, { color, width, ...options }: TreeOptions): string {
  const colors = picocolors.createColors(color);
  const tree = treeOf(trace);
  const attempts = attemptsOf(trace, tree);
  const readings = readRuns(trace);
  const parts: string[][] = [headerOf(trace, tree.orphans.length, colors)];
  for (const [attempt, spans] of attempts) {
    const own = new Set(spans);
    const lost = lostRoots(spans);
    const view = viewOf(spans, tree, options);
    const criteria = criteriaOf(readings.filter(({ run_attempt }) => run_attempt === attempt));
    const drawing: Drawing = {
      tree,
      own,
      view,
      colors,
      resumed: resumedModules(spans),
      folded: options.executions ? new Set() : lost,
      criteria,
      depth: options.depth ?? Number.POSITIVE_INFINITY,
      why: options.why === true,
      width: width ?? usualWidth,
    };
    const cycles = tree.cycles.flatMap(([head]) => (head && own.has(head) ? [head] : []));
    const isCycle = new Set(cycles);
    // A span below another attempt's span begins a tree of its own here.
    const heads = spans.filter((span) => !isCycle.has(span) && !own.has(tree.parentOf(span) as RecordedSpan));
    const lines = drawn(heads, drawing);
    const gaps = gapsOf({ spans }, tree, lost).map((gap) => `gap: ${gap}`);
    parts.push(
      attempts.size > 1 ? ['', colors.bold(`attempt ${attempt}`)] : [],
      ['', ...(lines.length > 0 || !view.isFiltered ? lines : [colors.dim('no span is like that')])],
      cycles.length > 0 ? ['', colors.red('spans that are their own ancestors:'), ''] : [],
      cycles.flatMap((head) => drawn([head], drawing)),
      gaps.length > 0 ? ['', ...gaps.map((gap) => colors.yellow(printable(gap)))] : [],
      view.groups ? legendOf(criteria) : [],
      view.isFiltered ? [] : ['', ...tablesOf(totals({ ...trace, spans }), { byAgent: view.isWhole })],
    );
  }
  if (attempts.size > 1) parts.push(['', ...sumsOf(attempts, trace)]);
  const all = parts.flat();
  return `${(width === undefined ? all : all.map((line) => cutTo(line, width))).join('\n')}\n`;
}

/** To this many reasons are wrapped where no terminal says its width. */
const usualWidth = 120;

/** Those that were chosen; all of them where no choice is known. */
function criteriaOf(readings: RunReading[]): Map<string, string> {
  const criteria = readings.flatMap((reading) => reading.criteria);
  const selected = criteria.filter(({ is_selected }) => is_selected);
  return new Map(
    (selected.length > 0 ? selected : criteria).flatMap(({ id, text }) =>
      text === null ? [] : [[id, text] as const],
    ),
  );
}

function legendOf(criteria: Map<string, string>): string[] {
  if (criteria.size === 0) return [];
  return ['', ...[...criteria].map(([id, text]) => printable(`${id}  ${shortened(text, 101)}`))];
}

/** Without counting what colours it; a line that is cut loses its colours. */
function cutTo(line: string, width: number): string {
  const plain = stripVTControlCharacters(line);
  if (plain.length <= width) return line;
  return `${plain.slice(0, width - 1)}…`;
}

function headerOf(trace: Trace, orphans: number, colors: Colors): string[] {
  const { spans } = trace;
  const find = (key: string) =>
    spans.map((span) => textOf(span.attributes, key)).find((value) => value !== '');
  const goal = shortened(find('user.goal') ?? find('user.goal_truncated') ?? '(not recorded)', 61);
  const services = new Set(spans.map((span) => textOf(span.resource, 'service.name')));
  const begun = spans[0]?.start ?? 0n;
  const wall = spans.reduce((most, span) => Math.max(most, Number(span.end - begun)), 0) / 1e6;
  return [
    `trace ${colors.bold(printable(trace.trace_id) || '(none)')} · run ${printable(find('agento.run.id') ?? '(unknown)')}`,
    [
      `goal ${printable(JSON.stringify(goal))}`,
      services.size === 1 ? 'one service' : `${services.size} services`,
      `${spans.length} spans`,
      duration(wall),
      orphans === 0 ? 'no orphans' : colors.red(`${orphans} orphans`),
    ].join(' · '),
  ];
}

/** Calls, tokens and cost of each attempt, and of all together. */
function sumsOf(attempts: Map<number, RecordedSpan[]>, trace: Trace): string[] {
  const rows = [...attempts].map(([attempt, spans]): [string, Usage] => [
    `attempt ${attempt}`,
    totals({ ...trace, spans }).all,
  ]);
  return tableOf([...rows, ['all attempts', totals(trace).all]]);
}
