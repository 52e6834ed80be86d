import { numbered } from '../numbered.ts';
import type { Link, RunReading } from '../reading/index.ts';
import { spanLabel, time } from '../show/labels.ts';
import { type Evidence, evidence } from './evidence.ts';

/** The links from one chain to spans of another trace, of one kind. */
export interface Outside {
  trace_id: string;
  /** `replayed_from`, `recorded_by`, `resumed_from`, …; empty if unknown. */
  relationship: string;
  /** Whether that trace was read, too, and the run in it. */
  is_read: boolean;
  run_id: string | null;
  links: { from: string; to: string; is_found: boolean }[];
}

/** What the links of spans, of their calls and of the modules they are part of lead to in other traces. */
export function outsideOf(
  spanIds: (string | null)[],
  reading: RunReading,
  others: readonly RunReading[],
): Outside[] {
  const spans = new Set(spanIds);
  const steps = reading.steps.filter(({ span_id }) => spans.has(span_id));
  const modules = new Set(steps.map(({ module }) => module));
  for (const call of steps.flatMap(({ calls }) => calls)) spans.add(call);
  for (const { number, span_id } of reading.modules) if (modules.has(number)) spans.add(span_id);
  const links = reading.links.filter(({ from, other_trace }) => other_trace !== null && spans.has(from));
  const groups = Map.groupBy(links, ({ other_trace, relationship }) => `${other_trace} ${relationship}`);
  return [...groups.values()].map((group) => {
    const { other_trace: trace_id, relationship } = group[0] as Link;
    const there = others.filter((other) => other.trace_id === trace_id);
    const known = new Set(there.flatMap(spansIn));
    return {
      trace_id: trace_id ?? '',
      relationship,
      is_read: there.length > 0,
      run_id: there[0]?.run_id || null,
      links: group.map(({ from, to }) => ({ from, to, is_found: known.has(to) })),
    };
  });
}

/** The link of the chain that leads into a trace which was read; null for one that was not. */
export function ofOutside(
  outside: Outside,
  reading: RunReading,
  others: readonly RunReading[],
): Evidence | null {
  const { trace_id, relationship, links } = outside;
  const there = others.filter((other) => other.trace_id === trace_id);
  const [first] = there;
  if (!first) return null;
  const labelOf = (spanId: string) => {
    const owner = there.find((other) => spansIn(other).includes(spanId)) ?? first;
    return spanLabel(owner, spanId);
  };
  const pairOf = (from: string, to: string) => {
    const [left, right] = [spanLabel(reading, from), labelOf(to)];
    return `${left} ${from} → ${left === right ? '' : `${right} `}${to}`;
  };
  const found = links.filter(({ is_found }) => is_found);
  const lost = links.filter(({ is_found }) => !is_found);
  return evidence(
    `trace ${trace_id} ${relationship || 'unnamed'}`,
    `${whatOf(outside)} in the run ${first.run_id || 'without an id'} of ${time(first.started_ms)}.`,
    found[0]?.to ?? null,
    {
      shown_by: [
        ...found.map(({ from, to }) => pairOf(from, to)),
        `\`why ${trace_id} <span>\` goes on there.`,
      ],
      not_found: lost.map(({ to }) => `span ${to} of trace ${trace_id}, ${linkedAs(relationship)}`),
    },
  );
}

/** What is said of a trace that was not read, and where it may lie. */
export function unread({ trace_id, relationship, links }: Outside): string {
  const spans = links.slice(0, mostSpans).map(({ to }) => to);
  const more = links.length > spans.length ? ` and ${links.length - spans.length} more` : '';
  const what = links.length === 1 ? 'span' : 'spans';
  return `trace ${trace_id}, ${linkedAs(relationship)} (${what} ${spans.join(', ')}${more}): name its file or folder with --from, or Jaeger with --jaeger, where it may lie`;
}

/** Most spans that are named of a trace that is not here. */
const mostSpans = 3;

function linkedAs(relationship: string): string {
  return `linked to as ${relationship || 'unnamed'}`;
}

function whatOf({ relationship, links }: Outside): string {
  const answers = numbered(links.length, 'answer');
  const was = links.length === 1 ? 'was' : 'were';
  switch (relationship) {
    case 'replayed_from':
      return `${answers} of this chain ${was} not asked for, but replayed from what was recorded`;
    case 'recorded_by':
      return `${answers} of this chain ${was} recorded before its process died,`;
    case 'resumed_from':
      return `${numbered(links.length, 'module')} of this chain ${links.length === 1 ? 'goes' : 'go'} on from what was done`;
    default:
      return `${numbered(links.length, 'span')} of this chain ${links.length === 1 ? 'leads' : 'lead'} to what was done`;
  }
}

function spansIn({ steps, calls, modules }: RunReading): string[] {
  return [...steps, ...calls, ...modules].map(({ span_id }) => span_id);
}
