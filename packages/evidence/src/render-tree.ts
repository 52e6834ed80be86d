import { printable } from '@agento/contracts';
import { moduleOf, type RecordedSpan, textOf } from './model.ts';
import { groupLine } from './render-group.ts';
import { type Colors, factsOf, nameOf } from './render-span.ts';
import type { View } from './render-view.ts';
import { whyLines } from './render-why.ts';
import type { SpanTree } from './tree.ts';

/** Maximum indentation; deeper lines state their depth. */
const deepest = 40;
/** Fewer steps of one name stand by themselves. */
const leastGrouped = 3;

/** What is drawn of a trace, and how. */
export interface Drawing {
  tree: SpanTree;
  /** The attempt's spans. */
  own: Set<RecordedSpan>;
  view: View;
  colors: Colors;
  /** Modules that were executed several times. */
  resumed: Set<number>;
  /** Lost executions, of which one line is drawn. */
  folded: Set<RecordedSpan>;
  /** Texts of criteria by id. */
  criteria: Map<string, string>;
  depth: number;
  why: boolean;
  /** Characters of a line; reasons are wrapped to it. */
  width: number;
}

/** One line: a span, or several of one name. */
type Node = RecordedSpan[];

/** Each of these spans and what lies below it, one line each; each span once, even if parents form a cycle. */
export function drawn(heads: RecordedSpan[], drawing: Drawing): string[] {
  const { tree, view, colors, folded } = drawing;
  const lines: string[] = [];
  const seen = new Set(heads);
  const isHead = new Set(heads);
  const waiting = nodesOf(heads, drawing, seen)
    .map((node): Placed => ({ node, level: 0, indent: '', branch: '', service: '' }))
    .reverse();
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { node, level, indent, branch, service } = next;
    const [span] = node as [RecordedSpan];
    const deep = level > deepest ? `(level ${level}) ` : '';
    const step = branch === '└─ ' ? '   ' : '│  ';
    const below = branch === '' || level >= deepest ? indent : indent + step;
    if (node.length > 1) {
      lines.push(`${indent}${branch}${deep}${groupLine(node, tree, colors)}`);
      continue;
    }
    const serves = printable(textOf(span.resource, 'service.name'));
    const isFolded = folded.has(span);
    const children = childrenOf(span, drawing)
      .filter((child) => !seen.has(child))
      // What continues from a lost execution in another module is not part of it.
      .filter((child) => !isFolded || moduleOf(child) !== moduleOf(span));
    const isLast = level + 1 >= drawing.depth;
    const nodes = isLast ? [] : nodesOf(children, drawing, seen);
    lines.push(
      [
        `${indent}${branch}${deep}${nameOf(span, drawing.resumed, colors)}`,
        ...factsOf(span, {
          service: serves === service ? '' : serves,
          explained: explainedBelow(span, children),
          calls: view.isWhole ? [] : tree.childrenOf(span),
          criteria: drawing.criteria,
          colors,
        }),
        ...notesOf(
          span,
          { isHead: isHead.has(span), isFolded, hidden: isLast ? children.length : 0 },
          drawing,
        ),
      ].join('  '),
    );
    const stem = nodes.length > 0 ? `${below}│  ` : `${below}   `;
    if (drawing.why)
      lines.push(...whyLines(span, drawing.width - stem.length, colors).map((line) => stem + line));
    for (let index = nodes.length - 1; index >= 0; index -= 1) {
      const isEnd = index === nodes.length - 1;
      const branch = isEnd ? '└─ ' : '├─ ';
      waiting.push({ node: nodes[index] as Node, level: level + 1, indent: below, branch, service: serves });
    }
  }
  return lines;
}

interface Placed {
  node: Node;
  level: number;
  indent: string;
  branch: string;
  service: string;
}

/** The lines for these spans: what the view hides is replaced with what lies below it, and steps of one name are one. */
function nodesOf(spans: RecordedSpan[], drawing: Drawing, seen: Set<RecordedSpan>): Node[] {
  const { view } = drawing;
  const shown: RecordedSpan[] = [];
  const waiting = spans.toReversed();
  for (let span = waiting.pop(); span; span = waiting.pop()) {
    seen.add(span);
    if (!view.keeps(span)) continue;
    if (!view.hides(span)) shown.push(span);
    else
      for (const child of childrenOf(span, drawing).toReversed()) if (!seen.has(child)) waiting.push(child);
  }
  if (!view.groups) return shown.map((span) => [span]);
  const byName = Map.groupBy(shown, ({ name }) => name);
  const isGrouped = (span: RecordedSpan) =>
    !span.name.startsWith('run_module_') && (byName.get(span.name)?.length ?? 0) >= leastGrouped;
  return shown
    .filter((span) => !isGrouped(span) || byName.get(span.name)?.[0] === span)
    .map((span) => (isGrouped(span) ? (byName.get(span.name) ?? [span]) : [span]));
}

function childrenOf(span: RecordedSpan, { tree, own }: Drawing): RecordedSpan[] {
  return tree.childrenOf(span).filter((child) => own.has(child));
}

/** A span below reports the same failure. */
function explainedBelow({ status }: RecordedSpan, children: RecordedSpan[]): boolean {
  return children.some((child) => child.status.code === 'ERROR' && child.status.message === status.message);
}

function notesOf(
  span: RecordedSpan,
  { isHead, isFolded, hidden }: { isHead: boolean; isFolded: boolean; hidden: number },
  { tree, colors }: Drawing,
): string[] {
  const parent = isHead ? tree.parentOf(span) : null;
  return [
    ...(tree.isOrphan(span) ? [colors.red(`parent ${printable(span.parent_span_id)} is missing`)] : []),
    ...(parent ? [colors.dim(`under ${printable(parent.name)} ${printable(parent.span_id)}`)] : []),
    ...(isFolded || hidden > 0 ? [colors.dim(notShown(span, tree))] : []),
  ];
}

function notShown(root: RecordedSpan, tree: SpanTree): string {
  const count = tree.below(root).filter((span) => moduleOf(span) === moduleOf(root)).length;
  return `${count} ${count === 1 ? 'span' : 'spans'} not shown`;
}
