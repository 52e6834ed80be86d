import { printable } from '@agento/contracts';
import picocolors from 'picocolors';
import { attemptsOf } from './attempts.ts';
import { lostRoots, resumedModules } from './executions.ts';
import { gapsOf } from './gaps.ts';
import { moduleOf, type RecordedSpan, type Trace, textOf } from './model.ts';
import { type Colors, factsOf, nameOf } from './render-span.ts';
import { duration, tableOf, tablesOf } from './tables.ts';
import { totals, type Usage } from './totals.ts';
import { type SpanTree, treeOf } from './tree.ts';

/** Maximum indentation; deeper lines state their depth. */
const deepest = 40;

/**
 * The trace for people to read: a header line, the tree (durations, service, agent, ids, tokens, verdicts, errors),
 * spans whose parents form a cycle, what is missing, and totals per agent and per module; all of it per attempt if
 * there were several. An execution that was made again is one line; `executions` shows what lies below it, too.
 */
export function renderTree(
  trace: Trace,
  { color, executions = false }: { color: boolean; executions?: boolean },
): string {
  const colors = picocolors.createColors(color);
  const tree = treeOf(trace);
  const attempts = attemptsOf(trace, tree);
  const parts: string[][] = [[headerOf(trace, tree.orphans.length, colors)]];
  for (const [attempt, spans] of attempts) {
    const own = new Set(spans);
    const lost = lostRoots(spans);
    const drawing: Drawn = {
      tree,
      own,
      colors,
      resumed: resumedModules(spans),
      folded: executions ? new Set() : lost,
    };
    const draw = (head: RecordedSpan) => drawn(head, drawing);
    const cycles = new Set(tree.cycles.flatMap(([head]) => (head && own.has(head) ? [head] : [])));
    // A span below another attempt's span begins a tree of its own here.
    const heads = spans.filter((span) => !cycles.has(span) && !own.has(tree.parentOf(span) as RecordedSpan));
    const gaps = gapsOf({ spans }, tree, lost).map((gap) => `gap: ${gap}`);
    parts.push(
      attempts.size > 1 ? ['', colors.bold(`attempt ${attempt}`)] : [],
      ['', ...heads.flatMap(draw)],
      cycles.size > 0 ? ['', colors.red('spans that are their own ancestors:'), ''] : [],
      [...cycles].flatMap(draw),
      gaps.length > 0 ? ['', ...gaps.map((gap) => colors.yellow(printable(gap)))] : [],
      ['', ...tablesOf(totals({ ...trace, spans }))],
    );
  }
  if (attempts.size > 1) parts.push(['', ...sumsOf(attempts, trace)]);
  return `${parts.flat().join('\n')}\n`;
}

/** What is drawn of a trace, and how: an attempt's spans, the modules executed several times, what is folded. */
interface Drawn {
  tree: SpanTree;
  own: Set<RecordedSpan>;
  colors: Colors;
  resumed: Set<number>;
  folded: Set<RecordedSpan>;
}

/** A span and its descendants, one line each; each span once, even if parents form a cycle. */
function drawn(head: RecordedSpan, { tree, own, colors, resumed, folded }: Drawn): string[] {
  const lines: string[] = [];
  const seen = new Set([head]);
  const parent = tree.parentOf(head);
  const waiting: Drawing[] = [{ span: head, depth: 0, indent: '', branch: '', service: '' }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { span, depth, indent, branch, service } = next;
    const serves = printable(textOf(span.resource, 'service.name'));
    const isFolded = folded.has(span);
    const children = tree
      .childrenOf(span)
      .filter((child) => own.has(child) && !seen.has(child))
      // What continues from it in another module is not part of it.
      .filter((child) => !isFolded || moduleOf(child) !== moduleOf(span));
    const explained = children.some(
      ({ status }) => status.code === 'ERROR' && status.message === span.status.message,
    );
    const notes = [
      ...(tree.isOrphan(span) ? [colors.red(`parent ${printable(span.parent_span_id)} is missing`)] : []),
      ...(span === head && parent
        ? [colors.dim(`under ${printable(parent.name)} ${printable(parent.span_id)}`)]
        : []),
      ...(isFolded ? [colors.dim(foldedBelow(span, tree))] : []),
    ];
    const deep = depth > deepest ? `(level ${depth}) ` : '';
    const name = `${indent}${branch}${deep}${nameOf(span, resumed, colors)}`;
    lines.push(
      [name, ...factsOf(span, serves === service ? '' : serves, explained, colors), ...notes].join('  '),
    );
    const step = branch === '└─ ' ? '   ' : '│  ';
    const below = branch === '' || depth >= deepest ? indent : indent + step;
    for (let index = children.length - 1; index >= 0; index -= 1) {
      const child = children[index] as RecordedSpan;
      seen.add(child);
      const isLast = index === children.length - 1;
      waiting.push({
        span: child,
        depth: depth + 1,
        indent: below,
        branch: isLast ? '└─ ' : '├─ ',
        service: serves,
      });
    }
  }
  return lines;
}

function foldedBelow(root: RecordedSpan, tree: SpanTree): string {
  const count = tree.below(root).filter((span) => moduleOf(span) === moduleOf(root)).length;
  return `${count} ${count === 1 ? 'span' : 'spans'} not shown`;
}

interface Drawing {
  span: RecordedSpan;
  depth: number;
  indent: string;
  branch: string;
  service: string;
}

function headerOf(trace: Trace, orphans: number, colors: Colors): string {
  const { spans } = trace;
  const find = (key: string) =>
    spans.map((span) => textOf(span.attributes, key)).find((value) => value !== '');
  const goal = shorten(find('user.goal') ?? find('user.goal_truncated') ?? '(not recorded)', 60);
  const services = new Set(spans.map((span) => textOf(span.resource, 'service.name')));
  const begun = spans[0]?.start ?? 0n;
  const wall = spans.reduce((most, span) => Math.max(most, Number(span.end - begun)), 0) / 1e6;
  return [
    `trace ${colors.bold(printable(trace.trace_id) || '(none)')}`,
    `run ${printable(find('agento.run.id') ?? '(unknown)')}`,
    `goal ${printable(JSON.stringify(goal))}`,
    `${services.size} services`,
    `${spans.length} spans`,
    duration(wall),
    orphans === 0 ? 'no orphans' : colors.red(`${orphans} orphans`),
  ].join(' · ');
}

/** Calls, tokens and cost of each attempt, and of all together. */
function sumsOf(attempts: Map<number, RecordedSpan[]>, trace: Trace): string[] {
  const rows = [...attempts].map(([attempt, spans]): [string, Usage] => [
    `attempt ${attempt}`,
    totals({ ...trace, spans }).all,
  ]);
  return tableOf([...rows, ['all attempts', totals(trace).all]]);
}

function shorten(text: string, length: number): string {
  const characters = [...text.slice(0, 1000).replaceAll(/\s+/g, ' ').trim()];
  return characters.length > length ? `${characters.slice(0, length).join('')}…` : characters.join('');
}
