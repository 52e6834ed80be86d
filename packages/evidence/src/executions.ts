import { chain, stepsOf, subjects } from '@agento/contracts';
import { executionOf, moduleOf, type RecordedSpan, textOf } from './model.ts';
import type { SpanTree } from './tree.ts';

/** The modules of these spans, all of one attempt, that were executed more than once. */
export function resumedModules(spans: RecordedSpan[]): Set<number> {
  return new Set(spans.filter((span) => executionOf(span) > 1).flatMap((span) => moduleOf(span) ?? []));
}

/** The `run_module_N` among these spans, all of one attempt, after which a later execution made its steps again. */
export function lostRoots(spans: RecordedSpan[]): Set<RecordedSpan> {
  const roots = spans.filter(({ name }) => /^run_module_\d+$/.test(name));
  const byName = Map.groupBy(roots, ({ name }) => name);
  return new Set(
    [...byName.values()].flatMap((parts) => {
      const last = latest(parts);
      return parts.filter((root) => executionOf(root) < last);
    }),
  );
}

/** The highest number of an execution among these spans. */
export function latest(spans: RecordedSpan[]): number {
  return spans.reduce((most, span) => Math.max(most, executionOf(span)), 1);
}

/** A request that was answered by a run another request had begun; either of its two spans says so. */
export function isFollower(server: RecordedSpan, tree: SpanTree): boolean {
  return [server, ...tree.childrenOf(server)].some(
    ({ attributes }) => attributes['agento.followed'] === true,
  );
}

/**
 * What executions of one part have in common: the same step has the same key in each, its module's run too. Null for
 * other spans. Only what a span has from its start on is in it: it may have been interrupted.
 */
export function stepKeyOf(span: RecordedSpan): string | null {
  if (/^run_module_\d+$/.test(span.name)) return span.name;
  const about = subjectsOfSteps.get(`${moduleOf(span)} ${span.name}`);
  if (!about) return null;
  return JSON.stringify([
    span.name,
    textOf(span.attributes, 'agent.name'),
    ...about.map((key) => span.attributes[key]),
  ]);
}

const subjectsOfSteps = new Map(
  chain.flatMap((module) =>
    stepsOf(module).map(({ name, about = [] }) => [
      `${module.number} ${name}`,
      about.map((subject) => subjects[subject].attribute),
    ]),
  ),
);
