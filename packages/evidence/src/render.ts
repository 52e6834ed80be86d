import { printable } from '@agento/contracts';
import picocolors from 'picocolors';
import { attemptsOf } from './attempts.ts';
import { millisecondsOf, moduleOf, numberOf, type RecordedSpan, type Trace, textOf } from './model.ts';
import { duration, tableOf, tablesOf } from './tables.ts';
import { isChat, totals, type Usage } from './totals.ts';
import { type SpanTree, treeOf } from './tree.ts';

type Colors = ReturnType<typeof picocolors.createColors>;

/** Maximum indentation; deeper lines state their depth. */
const deepest = 40;

/**
 * The trace for people to read: a header line, the tree (durations, service, agent, ids, tokens, verdicts, errors),
 * spans whose parents form a cycle, what is missing, and totals per agent and per module; all of it per attempt if
 * there were several.
 */
export function renderTree(trace: Trace, { color }: { color: boolean }): string {
  const colors = picocolors.createColors(color);
  const tree = treeOf(trace);
  const attempts = attemptsOf(trace, tree);
  const parts: string[][] = [[headerOf(trace, tree.orphans.length, colors)]];
  for (const [attempt, spans] of attempts) {
    const own = new Set(spans);
    const draw = (head: RecordedSpan) => drawn(head, tree, own, colors);
    const cycles = new Set(tree.cycles.flatMap(([head]) => (head && own.has(head) ? [head] : [])));
    // A span below another attempt's span begins a tree of its own here.
    const heads = spans.filter((span) => !cycles.has(span) && !own.has(tree.parentOf(span) as RecordedSpan));
    const gaps = gapsOf({ ...trace, spans }, tree);
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

/** A span and its descendants, one line each; each span once, even if parents form a cycle. */
function drawn(head: RecordedSpan, tree: SpanTree, own: Set<RecordedSpan>, colors: Colors): string[] {
  const lines: string[] = [];
  const seen = new Set([head]);
  const parent = tree.parentOf(head);
  const waiting: Drawing[] = [{ span: head, depth: 0, indent: '', branch: '', service: '' }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { span, depth, indent, branch, service } = next;
    const serves = printable(textOf(span.resource, 'service.name'));
    const children = tree.childrenOf(span).filter((child) => own.has(child) && !seen.has(child));
    const explained = children.some(
      ({ status }) => status.code === 'ERROR' && status.message === span.status.message,
    );
    const notes = [
      ...(tree.isOrphan(span) ? [colors.red(`parent ${printable(span.parent_span_id)} is missing`)] : []),
      ...(span === head && parent
        ? [colors.dim(`under ${printable(parent.name)} ${printable(parent.span_id)}`)]
        : []),
    ];
    const deep = depth > deepest ? `(level ${depth}) ` : '';
    const name = `${indent}${branch}${deep}${colors.bold(printable(span.name))}`;
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

/** `explained`: a span below reports the same failure. */
function factsOf(span: RecordedSpan, service: string, explained: boolean, colors: Colors): string[] {
  const { attributes } = span;
  const ids = [
    ['item', 'agento.item.id'],
    ['criterion', 'agento.criterion.id'],
    ['plan', 'agento.plan.id'],
    ['attempt', 'agento.attempt'],
  ].flatMap(([label, key = '']) =>
    attributes[key] === undefined ? [] : [`${label} ${printable(String(attributes[key]))}`],
  );
  const usage = isChat(span)
    ? [
        `${numberOf(attributes, 'gen_ai.usage.input_tokens') ?? '?'} → ${numberOf(attributes, 'gen_ai.usage.output_tokens') ?? '?'} tokens`,
      ]
    : [];
  const { code, message } = span.status;
  const error = [textOf(attributes, 'error.type'), explained ? '' : message].filter(Boolean).join(': ');
  const failed = code === 'ERROR' ? [printable(`ERROR ${error}`)] : [];
  return [
    colors.dim(duration(millisecondsOf(span))),
    ...[service].filter(Boolean).map(colors.magenta),
    ...[printable(textOf(attributes, 'agent.name'))].filter(Boolean).map(colors.cyan),
    ...ids,
    ...usage,
    ...verdictsOf(span, colors),
    ...failed.map(colors.red),
  ];
}

/** A single verdict in full; several as the number passed; a decision as its choice. */
function verdictsOf(span: RecordedSpan, colors: Colors): string[] {
  const verdicts = span.events.filter((event) => event.name === 'gen_ai.evaluation.result');
  const labels = verdicts.map((event) => textOf(event.attributes, 'gen_ai.evaluation.score.label'));
  const shown: string[] = [];
  if (verdicts.length === 1) {
    const score = numberOf(verdicts[0]?.attributes ?? {}, 'gen_ai.evaluation.score.value');
    shown.push((labels[0] === 'pass' ? colors.green : colors.red)(printable(`${labels[0]} ${score ?? '?'}`)));
  } else if (verdicts.length > 1) {
    shown.push(`${labels.filter((label) => label === 'pass').length} of ${verdicts.length} pass`);
  }
  const chosen = span.attributes['agento.decision.chosen'];
  if (Array.isArray(chosen))
    shown.push(chosen.length > 0 ? printable(`chose ${chosen.join(', ')}`) : 'chose none');
  return shown;
}

/** Missing spans and modules: those a module counts or calls, without a failure that explains their absence. */
function gapsOf({ spans }: Trace, tree: SpanTree): string[] {
  const roots = new Set(spans.filter((span) => /^run_module_\d+$/.test(span.name)));
  const names = new Set(spans.map(({ name }) => name));
  const failedUnder = new Set(
    spans.filter(({ status }) => status.code === 'ERROR').map((span) => span.parent_span_id),
  );
  return [...roots].flatMap((root) => {
    const [count, next] = ['agento.span_count', 'agento.next_module'].map((key) =>
      numberOf(root.attributes, key),
    );
    const below = tree.below(root, (span) => roots.has(span));
    const here = below.filter((other) => moduleOf(other) === moduleOf(root)).length;
    return [
      ...(typeof count === 'number' && count !== here
        ? [`gap: ${root.name} made ${count} spans, ${here} are here`]
        : []),
      ...(next && !failedUnder.has(root.parent_span_id) && !names.has(`run_module_${next}`)
        ? [`gap: ${root.name} calls module ${next}, run_module_${next} is not here`]
        : []),
    ];
  });
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
