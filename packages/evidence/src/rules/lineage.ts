import { type Span, type SpanLink, textsOf } from '../model.ts';
import {
  attemptOf,
  chosenOf,
  criterionOf,
  earlier,
  isFailedVerdict,
  itemOf,
  type ModuleRun,
  pickedCriteria,
  type Run,
  spansNamed,
} from '../run.ts';
import type { Problem, Rule } from './rule.ts';

interface LinkSpec {
  module: number;
  span: string;
  relationship: string;
  /** Where the spans linked to are. */
  to: { module: number; spans: string[] };
  /** Attribute that names the one thing meant, where the target made several. */
  id?: string;
  /** The links there must be: for each, the spans that will do. */
  expected(span: Span, module: ModuleRun): Span[][];
}

const each = (spans: Span[]) => spans.map((span) => [span]);
const ofItem = (spans: Span[], span: Span) => spans.filter((other) => itemOf(other) === itemOf(span));

function link(
  [module, span]: [number, string],
  relationship: string,
  [target, ...spans]: [number, ...string[]],
  pick: (targets: Span[], span: Span, module: ModuleRun) => Span[] = (targets) => targets,
): LinkSpec {
  return {
    module,
    span,
    relationship,
    to: { module: target, spans },
    expected: (from, ran) => {
      const there = earlier(ran, target);
      return each(
        pick(
          spans.flatMap((name) => spansNamed(there, name)),
          from,
          ran,
        ),
      );
    },
  };
}

const criterion = (module: number, span: string): LinkSpec => ({
  ...link([module, span], 'criterion', [1, 'criteria_evaluation']),
  id: 'agento.criterion.id',
});

/** Every step that was shown the constraints, where there are any, links to the step that found them. */
const constraints = (module: number, span: string): LinkSpec =>
  link([module, span], 'constraints', [1, 'constraint_extraction'], (targets) =>
    targets.filter(({ attributes }) => Number(attributes['agento.constraints.count'] ?? 0) > 0),
  );

/** The revision_attempt a span of module 5 lies in. */
function attemptSpan(span: Span, module: ModuleRun): Span | undefined {
  return module.spans.find((other) => other.span_id === span.parent_span_id);
}

/** Which span links to which, and what the link says. */
export const links: LinkSpec[] = [
  link([1, 'criteria_generation'], 'search_summary', [1, 'search_agent']),
  link([1, 'criteria_evaluation'], 'candidates', [1, 'criteria_generation']),
  constraints(1, 'criteria_generation'),
  constraints(1, 'criteria_evaluation'),
  constraints(2, 'plan_generation'),
  constraints(2, 'plan_evaluation'),
  constraints(3, 'item_generation'),
  constraints(3, 'expansion_evaluation'),
  constraints(4, 'deficiency_analysis'),
  constraints(4, 'revision_generation'),
  constraints(4, 'revision_validation'),
  constraints(5, 'revision_baseline'),
  constraints(5, 'revision_apply'),
  constraints(5, 'revision_refinement'),
  constraints(5, 'revision_evaluation'),
  constraints(5, 'quality_check'),
  criterion(2, 'plan_generation'),
  criterion(2, 'plan_evaluation'),
  criterion(3, 'expansion_evaluation'),
  link([2, 'plan_evaluation'], 'plan', [2, 'plan_generation']),
  link([3, 'item_generation'], 'plan', [2, 'plan_selection']),
  link([2, 'plan_selection'], 'scores', [2, 'plan_evaluation']),
  link([3, 'expansion_evaluation'], 'item', [3, 'item_generation'], ofItem),
  link([4, 'deficiency_analysis'], 'failed_verdict', [3, 'expansion_evaluation'], (targets, span) =>
    ofItem(targets, span).filter(isFailedVerdict),
  ),
  link([4, 'revision_generation'], 'deficiency', [4, 'deficiency_analysis'], ofItem),
  link([4, 'revision_validation'], 'revision_request', [4, 'revision_generation'], ofItem),
  link([5, 'revision_implementation'], 'approval', [4, 'revision_validation'], ofItem),
  link([5, 'revision_baseline'], 'item', [3, 'item_generation'], ofItem),
  link([5, 'revision_attempt'], 'feedback', [5, 'revision_evaluation'], (targets, span, module) =>
    targets.filter((target) => {
      const before = attemptSpan(target, module);
      return before?.parent_span_id === span.parent_span_id && attemptOf(before) === attemptOf(span) - 1;
    }),
  ),
  link([5, 'revision_evaluation'], 'attempt', [5, 'revision_apply', 'revision_refinement'], (targets, span) =>
    targets.filter((target) => target.parent_span_id === span.parent_span_id),
  ),
  {
    ...link([5, 'final_assembly'], 'accepted_attempt', [
      5,
      'revision_attempt',
      'revision_apply',
      'revision_refinement',
    ]),
    expected: (_span, module) =>
      spansNamed(module, 'revision_implementation').flatMap((implementation) => {
        const number = acceptedOf(implementation);
        return number === null
          ? []
          : [
              ofItem(module.spans, implementation).filter(
                (span) =>
                  /^revision_(attempt|apply|refinement)$/.test(span.name) && attemptOf(span) === number,
              ),
            ];
      }),
  },
  link([5, 'final_assembly'], 'original_item', [3, 'item_generation'], (targets, _span, module) => {
    const revised = spansNamed(module, 'revision_implementation').filter((span) => acceptedOf(span) !== null);
    return targets.filter((target) => !revised.some((span) => itemOf(span) === itemOf(target)));
  }),
  link([5, 'quality_check'], 'final_plan', [5, 'final_assembly']),
];

/** Number of the accepted attempt; null where the original stays. */
function acceptedOf(implementation: Span): number | null {
  const number = /^attempt-(\d+)$/.exec(chosenOf(implementation)[0] ?? '')?.[1];
  return number === undefined ? null : Number(number);
}

const linksOf = (span: Span, relationship: string) =>
  span.links.filter((found) => found.attributes.relationship === relationship);

function rulesOf(spec: LinkSpec): Rule[] {
  const name = `module${spec.module}.${spec.span}`;
  const { relationship } = spec;
  const base = { module: spec.module, where: spec.span };
  const spans = (run: Run) =>
    run.modules
      .filter(({ number }) => number === spec.module)
      .flatMap((module) => spansNamed(module, spec.span).map((span) => ({ span, module })));
  const target = `module ${spec.to.module}'s ${spec.to.spans.join(' or ')}`;
  return [
    {
      ...base,
      name: `${name}.link.${relationship}`,
      requires: `a link to ${target} with relationship ${relationship}${spec.id ? ` and ${spec.id}` : ''}`,
      subject: { kind: 'link', relationship },
      check: (run) => spans(run).flatMap(({ span, module }) => linkProblems(spec, span, module, run)),
    },
    {
      ...base,
      name: `${name}.agento.link.${relationship}`,
      requires: `attribute agento.link.${relationship}: the ids of the spans its links lead to`,
      subject: { kind: 'attribute', key: `agento.link.${relationship}` },
      check: (run) =>
        spans(run)
          .filter(({ span }) => {
            const linked = new Set(linksOf(span, relationship).map(({ span_id }) => span_id));
            const listed = new Set(textsOf(span.attributes, `agento.link.${relationship}`));
            return linked.size !== listed.size || [...linked].some((id) => !listed.has(id));
          })
          .map(({ span }) => ({
            span,
            detail: `agento.link.${relationship} is not the list of the spans it links to`,
          })),
    },
  ];
}

function linkProblems(spec: LinkSpec, span: Span, module: ModuleRun, run: Run): Problem[] {
  const found = linksOf(span, spec.relationship);
  const problems = found.flatMap((one) => targetProblem(spec, one, run));
  const expected = spec.expected(span, module).filter((targets) => targets.length > 0);
  const lacking = expected.filter(
    (targets) => !targets.some((target) => found.some(({ span_id }) => span_id === target.span_id)),
  );
  const lost = lacking.map(
    ([first]) => `no link with relationship ${spec.relationship} to ${first?.name} ${first?.span_id}`,
  );
  return [...problems, ...lost, ...(expected.length > 0 ? idProblems(spec, span, module, found) : [])].map(
    (detail) => ({
      span,
      detail,
    }),
  );
}

/** A link into another trace (an output fed in from a file) cannot be followed here. */
function targetProblem(spec: LinkSpec, one: SpanLink, run: Run): string[] {
  if (one.trace_id !== run.trace.trace_id) return [];
  const target = run.tree.byId.get(one.span_id);
  if (!target) return [`its link ${spec.relationship} leads to ${one.span_id}, which is not in the trace`];
  return spec.to.spans.includes(target.name)
    ? []
    : [
        `its link ${spec.relationship} leads to ${target.name}: it must lead to ${spec.to.spans.join(' or ')}`,
      ];
}

/** Links to a span that made several things say which one is meant. */
function idProblems(spec: LinkSpec, span: Span, module: ModuleRun, found: SpanLink[]): string[] {
  const { id } = spec;
  if (id === undefined || found.some(({ lost }) => lost)) return [];
  const named = found.map(({ attributes }) => String(attributes[id] ?? ''));
  const own = criterionOf(span);
  const meant = own === '' ? (pickedCriteria(module) ?? []) : [own];
  return meant
    .filter((one) => !named.includes(one))
    .map((one) => `no link ${spec.relationship} with ${id} ${one}`);
}

export const lineageRules: Rule[] = links.flatMap(rulesOf);
