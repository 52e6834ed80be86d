import picocolors from 'picocolors';
import { millisecondsOf, moduleOf, numberOf, type Span, type Trace, textOf } from './model.ts';
import { isChat, type Totals, totals, type Usage } from './totals.ts';
import { treeOf } from './tree.ts';

type Colors = ReturnType<typeof picocolors.createColors>;

/**
 * The trace for a person to read: one line of header, the tree (durations, service, agent, ids, tokens,
 * verdicts, errors), what is missing, and totals per agent and per module.
 */
export function renderTree(trace: Trace, { color }: { color: boolean }): string {
  const colors = picocolors.createColors(color);
  const tree = treeOf(trace);
  const lines: string[] = [headerOf(trace, tree.orphans.length, colors), ''];
  const draw = (span: Span, indent: string, branch: string, service: string) => {
    const own = visible(textOf(span.resource, 'service.name'));
    const children = tree.childrenOf(span);
    const explained = children.some(
      ({ status }) => status.code === 'ERROR' && status.message === span.status.message,
    );
    const facts = factsOf(span, own === service ? '' : own, explained, colors);
    const lost = tree.orphans.includes(span) ? [colors.red(`parent ${span.parent_span_id} is missing`)] : [];
    lines.push([`${indent}${branch}${colors.bold(visible(span.name))}`, ...facts, ...lost].join('  '));
    const below = branch === '' ? indent : indent + (branch === '└─ ' ? '   ' : '│  ');
    children.forEach((child, index) => {
      draw(child, below, index === children.length - 1 ? '└─ ' : '├─ ', own);
    });
  };
  for (const root of tree.roots) draw(root, '', '', '');
  const notices = trace.spans.flatMap((span) => gapsOf(span, trace, tree.below(span)));
  if (notices.length > 0) lines.push('', ...notices.map((notice) => colors.yellow(notice)));
  lines.push('', ...tablesOf(totals(trace)));
  return `${lines.join('\n')}\n`;
}

function headerOf(trace: Trace, orphans: number, colors: Colors): string {
  const { spans } = trace;
  const find = (key: string) =>
    spans.map((span) => textOf(span.attributes, key)).find((value) => value !== '');
  const services = new Set(spans.map((span) => textOf(span.resource, 'service.name')));
  const begun = spans[0]?.start ?? 0n;
  const wall = spans.reduce((most, span) => Math.max(most, Number(span.end - begun)), 0) / 1e6;
  return [
    `trace ${colors.bold(trace.trace_id || '(none)')}`,
    `run ${visible(find('agento.run.id') ?? '(unknown)')}`,
    `goal ${JSON.stringify(shorten(find('user.goal') ?? find('user.goal_truncated') ?? '(not recorded)', 60))}`,
    `${services.size} services`,
    `${spans.length} spans`,
    duration(wall),
    orphans === 0 ? 'no orphans' : colors.red(`${orphans} orphans`),
  ].join(' · ');
}

/** `explained`: a span below says the same of what went wrong. */
function factsOf(span: Span, service: string, explained: boolean, colors: Colors): string[] {
  const { attributes } = span;
  const ids = [
    ['item', 'agento.item.id'],
    ['criterion', 'agento.criterion.id'],
    ['plan', 'agento.plan.id'],
    ['attempt', 'agento.attempt'],
  ].flatMap(([label, key = '']) =>
    attributes[key] === undefined ? [] : [`${label} ${visible(String(attributes[key]))}`],
  );
  const usage = isChat(span)
    ? [
        `${numberOf(attributes, 'gen_ai.usage.input_tokens') ?? '?'} → ${numberOf(attributes, 'gen_ai.usage.output_tokens') ?? '?'} tokens`,
      ]
    : [];
  const { code, message } = span.status;
  const error = [textOf(attributes, 'error.type'), explained ? '' : message].filter(Boolean).join(': ');
  const failed = code === 'ERROR' ? [visible(`ERROR ${error}`)] : [];
  return [
    colors.dim(duration(millisecondsOf(span))),
    ...[service].filter(Boolean).map(colors.magenta),
    ...[visible(textOf(attributes, 'agent.name'))].filter(Boolean).map(colors.cyan),
    ...ids,
    ...usage,
    ...verdictsOf(span, colors),
    ...failed.map(colors.red),
  ];
}

/** One verdict in full; several as how many passed. A decision as what it chose. */
function verdictsOf(span: Span, colors: Colors): string[] {
  const verdicts = span.events.filter((event) => event.name === 'gen_ai.evaluation.result');
  const labels = verdicts.map((event) => textOf(event.attributes, 'gen_ai.evaluation.score.label'));
  const shown: string[] = [];
  if (verdicts.length === 1) {
    const score = numberOf(verdicts[0]?.attributes ?? {}, 'gen_ai.evaluation.score.value');
    shown.push((labels[0] === 'pass' ? colors.green : colors.red)(`${labels[0]} ${score ?? '?'}`));
  } else if (verdicts.length > 1) {
    shown.push(`${labels.filter((label) => label === 'pass').length} of ${verdicts.length} pass`);
  }
  const chosen = span.attributes['agento.decision.chosen'];
  if (Array.isArray(chosen))
    shown.push(chosen.length > 0 ? visible(`chose ${chosen.join(', ')}`) : 'chose none');
  return shown;
}

/** Spans that a module says it made, or a next module it says it calls, and that no failure explains. */
function gapsOf(span: Span, trace: Trace, below: Span[]): string[] {
  if (!/^run_module_\d+$/.test(span.name)) return [];
  const siblings = trace.spans.filter((other) => other.parent_span_id === span.parent_span_id);
  const [count, next] = ['agento.span_count', 'agento.next_module'].map((key) =>
    numberOf(span.attributes, key),
  );
  const here = below.filter((other) => moduleOf(other) === moduleOf(span)).length;
  const gaps: string[] = [];
  if (count !== null && count !== undefined && count !== here) {
    gaps.push(`gap: ${span.name} made ${count} spans, ${here} are here`);
  }
  const hasFailed = [span, ...siblings].some((other) => other.status.code === 'ERROR');
  if (next && !hasFailed && !trace.spans.some((other) => other.name === `run_module_${next}`)) {
    gaps.push(`gap: ${span.name} calls module ${next}, run_module_${next} is not here`);
  }
  return gaps;
}

/** A sum that lacks calls whose tokens are not known is a least one. */
function tokens({ calls, calls_without_usage = 0 }: Usage, sum: number): string {
  if (calls_without_usage === 0) return String(sum);
  return calls_without_usage === calls && sum === 0 ? 'unknown' : `≥ ${sum}`;
}

function tablesOf({ agents, modules, all }: Totals): string[] {
  const numbers = Object.entries(modules).map(([number, usage]): [string, Usage] => [
    `module ${number}`,
    usage,
  ]);
  const rows: [string, Usage][] = [...Object.entries(agents), ...numbers, ['all', all]];
  const cells = [
    ['', 'calls', 'tokens in', 'tokens out', 'model time', 'cost USD'],
    ...rows.map(([name, usage]) => [
      visible(name),
      String(usage.calls),
      tokens(usage, usage.input_tokens),
      tokens(usage, usage.output_tokens),
      duration(usage.duration_ms),
      usage.cost_usd === null ? 'unknown' : usage.cost_usd.toFixed(4),
    ]),
  ];
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.map((row) => (row[column] ?? '').length)),
  );
  const lines = cells.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  '),
  );
  const agentsEnd = 1 + Object.keys(agents).length;
  return [...lines.slice(0, agentsEnd), '', ...lines.slice(agentsEnd)];
}

/** A trace is other people's data: what would move the cursor or colour the terminal does not get there. */
function visible(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ');
}

function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`;
  return `${(milliseconds / 1000).toFixed(2)} s`;
}

function shorten(text: string, length: number): string {
  const characters = [...text.replaceAll(/\s+/g, ' ').trim()];
  return characters.length > length ? `${characters.slice(0, length).join('')}…` : characters.join('');
}
