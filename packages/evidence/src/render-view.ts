import { isChat } from './calls.ts';
import { agentOf, isInterrupted, isOwn, millisecondsOf, moduleOf, type RecordedSpan } from './model.ts';
import { isHop, itemOf } from './run.ts';
import type { SpanTree } from './tree.ts';

/** What of a trace is drawn. Without any of these a trace of Agento's is folded, so that it fits a screen. */
export interface ViewOptions {
  /** Every span, a line each. */
  all?: boolean;
  /** Spans below executions that were made again, too. */
  executions?: boolean;
  /** Only these modules' spans. */
  modules?: number[];
  /** Only spans that are these agents', about this item, have failed, or took at least so many milliseconds. */
  agents?: string[];
  item?: string;
  errors?: boolean;
  slow?: number;
  /** Levels that are drawn, from 1. */
  depth?: number;
  /** Below each line why: reasons of decisions, and of verdicts. */
  why?: boolean;
}

export interface View {
  /** Not drawn itself; what lies below it is drawn in its place. */
  hides(span: RecordedSpan): boolean;
  /** Part of the picture: it is what was asked for, or lies above that. */
  keeps(span: RecordedSpan): boolean;
  /** Several steps of one name are one line. */
  groups: boolean;
  /** Only some spans were asked for: sums over all would be out of place. */
  isFiltered: boolean;
  isWhole: boolean;
}

export function viewOf(spans: RecordedSpan[], tree: SpanTree, options: ViewOptions): View {
  const isWhole = options.all === true || !spans.some(({ name }) => /^run_module_\d+$/.test(name));
  const { modules, item, errors, slow } = options;
  const agents = options.agents?.map((agent) => agent.toLowerCase());
  const narrows = agents !== undefined || item !== undefined || errors === true || slow !== undefined;
  const isFiltered = narrows || modules !== undefined;
  const hides = isWhole
    ? () => false
    : (span: RecordedSpan) => isPlumbing(span) && !isWhereItFailed(span, tree);
  const isMeant = (span: RecordedSpan) =>
    (modules === undefined || modules.includes(moduleOf(span) ?? 0)) &&
    (agents === undefined || agents.includes(agentOf(span).toLowerCase())) &&
    (item === undefined || itemOf(span) === item) &&
    (errors !== true || span.status.code === 'ERROR' || isInterrupted(span)) &&
    (slow === undefined || (millisecondsOf(span) >= slow && !hides(span)));
  const kept = isFiltered ? withAncestors(spans.filter(isMeant), tree) : null;
  return {
    hides,
    keeps: (span) => kept === null || kept.has(span),
    groups: !isWhole && !narrows && options.why !== true,
    isFiltered,
    isWhole,
  };
}

/** Requests, model calls, and the steps that every module ends with. */
function isPlumbing(span: RecordedSpan): boolean {
  return (
    span.name === 'POST /run' ||
    span.name === 'request' ||
    isHop(span) ||
    isChat(span) ||
    (isOwn(span) && isEnd(span))
  );
}

function isEnd({ name, attributes }: RecordedSpan): boolean {
  return (
    name === 'output_creation' ||
    name === 'file_export' ||
    (name === 'validation' && attributes['guardrail.passed'] !== false)
  );
}

/** It has failed, and nothing below it has. */
function isWhereItFailed(span: RecordedSpan, tree: SpanTree): boolean {
  return span.status.code === 'ERROR' && !tree.childrenOf(span).some(({ status }) => status.code === 'ERROR');
}

function withAncestors(spans: RecordedSpan[], tree: SpanTree): Set<RecordedSpan> {
  const kept = new Set(spans);
  for (const span of spans) {
    for (let at = tree.parentOf(span); at && !kept.has(at); at = tree.parentOf(at)) kept.add(at);
  }
  return kept;
}
