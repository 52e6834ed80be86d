import { chain } from '@agento/contracts';
import { isFollower } from '../executions.ts';
import { executionOf, isInterrupted, isOwn, type RecordedSpan } from '../model.ts';
import {
  clockStep,
  continuesInOtherTrace,
  earlier,
  pickedCriteria,
  type RunTrace,
  spansNamed,
} from '../run.ts';
import type { Rule } from './rule.ts';
import { judgesAnswer } from './steps.ts';

function extent(module: number): Rule[] {
  const runs = (run: RunTrace) => run.modules.filter(({ number }) => number === module);
  return [
    {
      name: `module${module}.run_module.encloses`,
      module,
      where: 'run_module',
      requires: 'run_module_N begins before and, unless it was interrupted, ends after all its spans',
      check: (run) =>
        run.executions
          .filter(({ number }) => number === module)
          .flatMap(({ root, spans }) =>
            spans
              .filter(
                (span) =>
                  span.start + clockStep < root.start ||
                  (span.end > root.end + clockStep && !isInterrupted(root)),
              )
              .map((span) => ({ span, detail: `it is outside ${root.name}'s time range` })),
          ),
    },
    {
      name: `module${module}.hop.after_run_module`,
      module,
      where: 'POST',
      requires: 'the next module is called when run_module_N has ended',
      check: (run) =>
        runs(run).flatMap(({ root, hop }) =>
          hop && executionOf(hop) >= executionOf(root) && hop.start + clockStep < root.end
            ? [{ span: hop, detail: `it begins before ${root.name} has ended` }]
            : [],
        ),
    },
    {
      name: `module${module}.size`,
      module,
      where: 'service',
      requires:
        'fewer than 100 spans per service for a run of up to 5 items and 5 criteria, those of AGENTO_GUARDRAILS aside',
      check: (run) =>
        runs(run).flatMap((ran) => {
          const items = new Set(
            spansNamed(earlier(ran, 3), 'item_generation').map((span) => span.attributes['agento.item.id']),
          );
          const small = items.size <= 5 && (pickedCriteria(ran)?.length ?? 0) <= 5;
          const own = ran.spans.filter((span) => !judgesAnswer(span));
          const spans = own.length + 1 + [ran.server, ran.request, ran.hop].filter(Boolean).length;
          return small && spans >= 100
            ? [
                {
                  span: ran.root,
                  detail: `its service created ${spans} spans; it must create fewer than 100`,
                },
              ]
            : [];
        }),
    },
  ];
}

function describeCycle(others: RecordedSpan[]): string {
  const [parent] = others;
  if (!parent) return 'it is its own parent';
  return `it is in a cycle with ${others.length} other ${others.length === 1 ? 'span' : 'spans'}: its parent is ${parent.name} ${parent.span_id}`;
}

const general: Rule[] = [
  {
    name: 'trace.spans',
    module: null,
    where: 'trace',
    requires: 'the trace has spans',
    check: ({ trace }) => (trace.spans.length > 0 ? [] : [{ detail: 'the trace has no spans' }]),
  },
  {
    name: 'trace.run',
    module: null,
    where: 'trace',
    requires: 'the trace has a run_module_N, or a request that continues in another trace or followed a run',
    check: ({ trace, tree, modules }) =>
      trace.spans.length > 0 &&
      modules.length === 0 &&
      !trace.spans.some((span) => continuesInOtherTrace(span) || isFollower(span, tree))
        ? [{ detail: 'the trace has no run_module_N: no module has run in it' }]
        : [],
  },
  {
    name: 'trace.parents',
    module: null,
    where: 'every span',
    requires: "every span's parent is in the trace",
    check: ({ trace, tree }) =>
      trace.spans
        .filter(tree.isOrphan)
        .map((span) => ({ span, detail: `its parent ${span.parent_span_id} is not in the trace` })),
  },
  {
    name: 'trace.circles',
    module: null,
    where: 'every span',
    requires: 'no span is its own ancestor',
    check: ({ trace, tree }) => {
      const own = new Set(trace.spans);
      return tree.cycles.flatMap(([span, ...others]) =>
        span && own.has(span) ? [{ span, detail: describeCycle(others) }] : [],
      );
    },
  },
  {
    name: 'trace.roots',
    module: null,
    where: 'trace',
    requires: 'no Agento span is a root of its own',
    check: ({ trace }) =>
      trace.spans
        .filter((span) => isOwn(span) && span.parent_span_id === '')
        .map((span) => ({ span, detail: 'it has no parent: the context was lost where it was started' })),
  },
];

export const treeRules: Rule[] = [...general, ...chain.flatMap(({ number }) => extent(number))];
