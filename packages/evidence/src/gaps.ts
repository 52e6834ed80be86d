import { moduleOf, numberOf, type RecordedSpan, type Trace } from './model.ts';
import { numbered } from './numbered.ts';
import type { SpanTree } from './tree.ts';

/**
 * Spans and modules that are missing in an attempt: those a module counts or calls, without a failure that explains
 * their absence. `lost`: the `run_module_N` of executions that were made again.
 */
export function gapsOf({ spans }: Pick<Trace, 'spans'>, tree: SpanTree, lost: Set<RecordedSpan>): string[] {
  const roots = new Set(spans.filter((span) => /^run_module_\d+$/.test(span.name)));
  const names = new Set(spans.map(({ name }) => name));
  const failedUnder = new Set(
    spans
      .filter((span) => span.status.code === 'ERROR' && !lost.has(span))
      .map((span) => span.parent_span_id),
  );
  return [...roots.difference(lost)].flatMap((root) => {
    const [count, next] = ['agento.span_count', 'agento.next_module'].map((key) =>
      numberOf(root.attributes, key),
    );
    const below = tree.below(root, (span) => roots.has(span));
    const here = below.filter((other) => moduleOf(other) === moduleOf(root)).length;
    return [
      ...(typeof count === 'number' && count !== here
        ? [`${root.name} made ${numbered(count, 'span')}, ${here} ${here === 1 ? 'is' : 'are'} here`]
        : []),
      ...(next && !failedUnder.has(root.parent_span_id) && !names.has(`run_module_${next}`)
        ? [`${root.name} calls module ${next}, run_module_${next} is not here`]
        : []),
      ...(next && names.has(`run_module_${next}`) && !spans.some((span) => isHopOf(span, root))
        ? [`${root.name} calls module ${next}, the span of that call is not here`]
        : []),
    ];
  });
}

const isHopOf = (span: RecordedSpan, root: RecordedSpan) =>
  span.attributes['agento.step'] === 'hop' && moduleOf(span) === moduleOf(root);
