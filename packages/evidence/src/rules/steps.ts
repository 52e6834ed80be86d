import { type Span, textOf } from '../model.ts';
import {
  attemptOf,
  chosenOf,
  criterionOf,
  earlier,
  failed,
  failedItems,
  itemOf,
  type ModuleRun,
  pickedCriteria,
  type Run,
  spansNamed,
} from '../run.ts';

/** One kind of step, as docs/telemetry.md draws it. */
export interface StepSpec {
  module: number;
  name: string;
  /** Who may do it, by `agent.name`. */
  agents: string[];
  /** Value of `agento.step`. */
  step: string;
  /** Names of the spans it may hang under. */
  parents: string[];
  asksModel: boolean;
  /** Attributes that say what it works on. */
  ids: string[];
  /** What a module that did not fail lacks of this step, in words; default: it stands there once. */
  missing?: (module: ModuleRun) => string[];
}

const roles = [
  'SuccessCriteriaGenerator',
  'PlanGenerator',
  'PlanExpander',
  'DeficiencyIdentifier',
  'RevisionImplementer',
];
/** `agent.name` of what no model does. */
export function roleOf(module: number): string {
  return roles[module - 1] ?? '';
}

const item = 'agento.item.id';
const criterion = 'agento.criterion.id';
const attempt = 'agento.attempt';
const plan = 'agento.plan.id';

function asking(module: number, name: string, agent: string | string[], ids: string[] = [], parent?: string) {
  return {
    module,
    name,
    agents: [agent].flat(),
    step: 'agent.run',
    parents: [parent ?? `run_module_${module}`],
    asksModel: true,
    ids,
  };
}
function working(module: number, name: string, step: string, ids: string[] = [], parent?: string) {
  return { ...asking(module, name, roleOf(module), ids, parent), step, asksModel: false };
}

const ofAll: StepSpec[] = [1, 2, 3, 4, 5].flatMap((module) => [
  working(module, 'output_creation', 'output_creation'),
  { ...working(module, 'validation', 'validation'), missing: atLeastOne('validation') },
  { ...working(module, 'file_export', 'file_export'), missing: atLeastOne('file_export') },
]);

/** Every step of every module: which span, whose, where, how often. */
export const steps: StepSpec[] = [
  asking(1, 'search_agent', 'SearchAgent'),
  asking(1, 'constraint_extraction', 'ConstraintExtractor'),
  asking(1, 'criteria_generation', 'CriteriaGenerator'),
  asking(1, 'criteria_evaluation', 'CriteriaEvaluator'),
  {
    ...asking(2, 'plan_generation', ['BalancedPlanner', 'LeanPlanner', 'AmbitiousPlanner'], [plan]),
    missing: (module) =>
      ['BalancedPlanner', 'LeanPlanner', 'AmbitiousPlanner']
        .filter(
          (agent) =>
            !spansNamed(module, 'plan_generation').some((span) => span.attributes['agent.name'] === agent),
        )
        .map((agent) => `the outline of ${agent}`),
  },
  asking(2, 'plan_evaluation', 'PlanEvaluator'),
  working(2, 'plan_selection', 'selection'),
  working(3, 'plan_expansion', 'group'),
  {
    ...asking(3, 'item_generation', 'ItemExpander', [item], 'plan_expansion'),
    missing: (module) => {
      const written = new Set(spansNamed(module, 'item_generation').map(itemOf));
      const judged = new Set(spansNamed(module, 'expansion_evaluation').map(itemOf));
      const lacking = [...judged]
        .filter((id) => !written.has(id))
        .map((id) => `item ${id}, which was judged`);
      return written.size + lacking.length < 3 ? [...lacking, 'a plan’s three or more items'] : lacking;
    },
  },
  {
    ...asking(3, 'expansion_evaluation', 'ItemEvaluator', [item, criterion], 'plan_expansion'),
    missing: (module) => {
      const verdicts = spansNamed(module, 'expansion_evaluation');
      const criteria = pickedCriteria(module) ?? [...new Set(verdicts.map(criterionOf))];
      return spansNamed(module, 'item_generation')
        .map(itemOf)
        .flatMap((id) =>
          criteria
            .filter((other) => !verdicts.some((span) => itemOf(span) === id && criterionOf(span) === other))
            .map((other) => `the verdict on item ${id} and criterion ${other}`),
        );
    },
  },
  {
    ...asking(4, 'deficiency_analysis', 'CriteriaAssessor', [item]),
    missing: perFailedItem('deficiency_analysis', []),
  },
  {
    ...asking(4, 'revision_generation', 'RevisionRequester', [item]),
    missing: perFailedItem('revision_generation', ['deficiency_analysis']),
  },
  {
    ...asking(4, 'revision_validation', 'RevisionEvaluator', [item]),
    missing: perFailedItem('revision_validation', ['deficiency_analysis', 'revision_generation']),
  },
  {
    ...working(5, 'revision_implementation', 'group', [item]),
    missing: (module) => {
      const done = new Set(spansNamed(module, 'revision_implementation').map(itemOf));
      return spansNamed(earlier(module, 4), 'revision_validation')
        .filter((span) => chosenOf(span).length > 0 && !done.has(itemOf(span)))
        .map((span) => `the approved revision of item ${itemOf(span)}`);
    },
  },
  {
    ...asking(5, 'revision_baseline', 'ImplementationEvaluator', [item], 'revision_implementation'),
    missing: (module) =>
      spansNamed(module, 'revision_implementation')
        .filter((span) => !hasChild(module, span, 'revision_baseline'))
        .map((span) => `the original of item ${itemOf(span)}`),
  },
  {
    ...working(5, 'revision_attempt', 'group', [item, attempt], 'revision_implementation'),
    missing: (module) =>
      spansNamed(module, 'revision_implementation').flatMap((span) => {
        const made = module.spans.filter((other) => other.parent_span_id === span.span_id).map(attemptOf);
        return attemptsOf(span)
          .filter((number) => !made.includes(number))
          .map((number) => `attempt ${number} at the revision of item ${itemOf(span)}`);
      }),
  },
  {
    ...asking(5, 'revision_apply', 'RevisionApplier', [item, attempt], 'revision_attempt'),
    missing: perAttempt('revision_apply', (number) => number === 1),
  },
  {
    ...asking(5, 'revision_refinement', 'RevisionRefiner', [item, attempt], 'revision_attempt'),
    missing: perAttempt('revision_refinement', (number) => number > 1),
  },
  {
    ...asking(5, 'revision_evaluation', 'ImplementationEvaluator', [item, attempt], 'revision_attempt'),
    missing: perAttempt('revision_evaluation', () => true),
  },
  working(5, 'final_assembly', 'assembly'),
  asking(5, 'quality_check', 'QualityChecker'),
  ...ofAll,
];

/** What a module that did not fail lacks of a step. */
export function missingOf(spec: StepSpec, module: ModuleRun): string[] {
  if (spec.missing) return spec.missing(module);
  return spansNamed(module, spec.name).length === 1
    ? []
    : [`one ${spec.name} (there are ${spansNamed(module, spec.name).length})`];
}

/** The spans of one kind of step in all runs of its module. */
export function spansOf(run: Run, spec: { module: number; name: string }): Span[] {
  return run.modules
    .filter(({ number }) => number === spec.module)
    .flatMap((module) => spansNamed(module, spec.name));
}

function atLeastOne(name: string): (module: ModuleRun) => string[] {
  return (module) => (spansNamed(module, name).length > 0 ? [] : [`at least one ${name}`]);
}

/**
 * Module 4 works on the items with a failed verdict; without module 3 in the trace, on those it began with. An item that
 * one of the steps before gave nothing usable for stays as it is.
 */
function perFailedItem(name: string, before: string[]): (module: ModuleRun) => string[] {
  return (module) => {
    const givenUp = new Set(before.flatMap((step) => spansNamed(module, step).filter(failed)).map(itemOf));
    const begun = module.spans.filter((span) => span.name !== 'validation').map(itemOf);
    const items = failedItems(module) ?? [...new Set(begun)].filter((id) => id !== '');
    const done = new Set(spansNamed(module, name).map(itemOf));
    return items
      .filter((id) => !done.has(id) && !givenUp.has(id))
      .map((id) => `item ${id}, which fails a criterion`);
  };
}

function perAttempt(name: string, applies: (attempt: number) => boolean): (module: ModuleRun) => string[] {
  return (module) =>
    spansNamed(module, 'revision_attempt')
      .filter((span) => applies(attemptOf(span)) && !failed(span) && !hasChild(module, span, name))
      .map((span) => `attempt ${attemptOf(span)} at item ${itemOf(span)}`);
}

function hasChild(module: ModuleRun, parent: Span, name: string): boolean {
  return module.spans.some((span) => span.parent_span_id === parent.span_id && span.name === name);
}

/** Numbers of the attempts there were, by the candidates for acceptance; the first, where they say none. */
function attemptsOf(implementation: Span): number[] {
  const candidates = textOf(implementation.attributes, 'agento.decision.candidates');
  const numbers = [...candidates.matchAll(/"attempt-(\d+)"/g)].map(([, number]) => Number(number));
  return numbers.length > 0 ? numbers : [1];
}
