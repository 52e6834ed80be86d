import { subjects } from '@agento/contracts';
import { isInterrupted, type RecordedLink, type RecordedSpan, textsOf } from '../model.ts';
import {
  attemptOf,
  chosenOf,
  criterionOf,
  earlier,
  isFailedVerdict,
  itemOf,
  type ModuleRun,
  pickedCriteria,
  type RunTrace,
  spansNamed,
} from '../run.ts';
import type { Rule, Violation } from './rule.ts';
import { steps } from './steps.ts';

interface LinkSpec {
  module: number;
  span: string;
  relationship: string;
  /** The steps the link may point to. */
  to: readonly string[];
  /** Attributes of the link that identify its subject. */
  names: readonly string[];
  /** Not always there: only `expectedBy` can tell. */
  isConditional: boolean;
}

const links: LinkSpec[] = steps.flatMap(({ module, name, links = {} }) =>
  Object.entries(links).map(([relationship, { to, names = [], when }]) => ({
    module,
    span: name,
    relationship,
    to,
    names: names.map((subject) => subjects[subject].attribute),
    isConditional: when !== undefined,
  })),
);

/** Spans of a step in the run this module's run belongs to. */
function spansOfStep(name: string, module: ModuleRun): RecordedSpan[] {
  const home = steps.find((step) => step.name === name)?.module ?? 0;
  return spansNamed(earlier(module, home), name);
}

/** The required links: for each, the spans that satisfy it. */
function expectedLinks(spec: LinkSpec, span: RecordedSpan, module: ModuleRun): RecordedSpan[][] {
  const special =
    spec.relationship === 'constraints'
      ? ofFoundConstraints
      : expectedBy[`${spec.span}.${spec.relationship}`];
  const targets = spec.to.flatMap((name) => spansOfStep(name, module));
  if (special) return special(targets, span, module);
  if (spec.isConditional) return [];
  // Subjects they share must be equal.
  return targets
    .filter((target) =>
      spec.names.every((key) => {
        const [own, other] = [span.attributes[key], target.attributes[key]];
        return own === undefined || other === undefined || own === other;
      }),
    )
    .map((target) => [target]);
}

type Expected = (targets: RecordedSpan[], span: RecordedSpan, module: ModuleRun) => RecordedSpan[][];
const each = (spans: RecordedSpan[]) => spans.map((span) => [span]);
const ofItem = (spans: RecordedSpan[], span: RecordedSpan) =>
  spans.filter((other) => itemOf(other) === itemOf(span));
const revisions = (module: ModuleRun) => spansNamed(module, 'revision_implementation');

const ofFoundConstraints: Expected = (targets) =>
  each(targets.filter(({ attributes }) => Number(attributes['agento.constraints.count'] ?? 0) > 0));

/** By step and relationship: extra conditions on required links, beyond shared subjects. */
const expectedBy: Record<string, Expected> = {
  'deficiency_analysis.failed_verdict': (targets, span) =>
    each(ofItem(targets, span).filter(isFailedVerdict)),
  'revision_implementation.review': (targets, span) => each(ofItem(targets, span)),
  'revision_attempt.feedback': (targets, span, module) =>
    each(
      targets.filter((target) => {
        const before = module.spans.find((other) => other.span_id === target.parent_span_id);
        return before?.parent_span_id === span.parent_span_id && attemptOf(before) === attemptOf(span) - 1;
      }),
    ),
  'final_assembly.accepted_attempt': (targets, _span, module) =>
    revisions(module).flatMap((revision) => {
      const number = acceptedOf(revision);
      if (number === null) return [];
      return [ofItem(targets, revision).filter((target) => attemptOf(target) === number)];
    }),
  'final_assembly.original_item': (targets, _span, module) => {
    const revised = revisions(module).filter((revision) => acceptedOf(revision) !== null);
    return each(targets.filter((target) => !revised.some((other) => itemOf(other) === itemOf(target))));
  },
};

/** Number of the accepted attempt; null if the original is kept. */
function acceptedOf(implementation: RecordedSpan): number | null {
  const number = /^attempt-(\d+)$/.exec(chosenOf(implementation)[0] ?? '')?.[1];
  return number === undefined ? null : Number(number);
}

const linksOf = (span: RecordedSpan, relationship: string) =>
  span.links.filter((found) => found.attributes.relationship === relationship);

function rulesOf(spec: LinkSpec): Rule[] {
  const name = `module${spec.module}.${spec.span}`;
  const { relationship } = spec;
  const base = { module: spec.module, where: spec.span };
  const spans = (run: RunTrace) =>
    run.executions
      .filter(({ number }) => number === spec.module)
      .flatMap((module) => spansNamed(module, spec.span).map((span) => ({ span, module })));
  const target = spec.to.join(' or ');
  return [
    {
      ...base,
      name: `${name}.link.${relationship}`,
      requires: `a link to ${target} with relationship ${relationship}${['', ...spec.names].join(' and ')}`,
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
          // They are repeated when its work begins, which is later than what is known of it.
          .filter(({ span }) => !isInterrupted(span))
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

function linkProblems(spec: LinkSpec, span: RecordedSpan, module: ModuleRun, run: RunTrace): Violation[] {
  const found = linksOf(span, spec.relationship);
  const problems = found.flatMap((one) => targetProblem(spec, one, run));
  const expected = module.counts
    ? expectedLinks(spec, span, module).filter((targets) => targets.length > 0)
    : [];
  const lacking = expected.filter(
    (targets) =>
      !targets.some((target) => found.some(({ span_id }) => run.standIn(span_id) === target.span_id)),
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

/** A link into another trace (an output posted from a file) cannot be followed here. */
function targetProblem(spec: LinkSpec, one: RecordedLink, run: RunTrace): string[] {
  if (one.trace_id !== run.trace.trace_id) return [];
  const target = run.tree.byId.get(one.span_id);
  if (!target) return [`its link ${spec.relationship} leads to ${one.span_id}, which is not in the trace`];
  return spec.to.includes(target.name)
    ? []
    : [`its link ${spec.relationship} leads to ${target.name}: it must lead to ${spec.to.join(' or ')}`];
}

/** A link names its subject; a link to all criteria exists once for each. */
function idProblems(spec: LinkSpec, span: RecordedSpan, module: ModuleRun, found: RecordedLink[]): string[] {
  if (found.some(({ lost }) => lost)) return [];
  const nameless = found.flatMap(({ attributes }) =>
    spec.names
      .filter((key) => attributes[key] === undefined)
      .map((key) => `its link ${spec.relationship} has no ${key}`),
  );
  if (spec.relationship !== 'criterion') return nameless;
  const named = found.map(({ attributes }) => String(attributes[criterionKey] ?? ''));
  const own = criterionOf(span);
  const meant = own === '' ? (pickedCriteria(module) ?? []) : [own];
  const lacking = meant
    .filter((one) => !named.includes(one))
    .map((one) => `no link ${spec.relationship} with ${criterionKey} ${one}`);
  return [...nameless, ...lacking];
}

const criterionKey = subjects.criterionId.attribute;

export const lineageRules: Rule[] = links.flatMap(rulesOf);
