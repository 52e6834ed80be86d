import { chain, roleName, type StepDefinition, stepsOf } from '@agento/contracts';
import { type RecordedSpan, textOf, textsOf } from '../model.ts';
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
  type RunTrace,
  spansNamed,
} from '../run.ts';

/** One step of one module, as defined in packages/contracts. */
export interface StepSpec extends StepDefinition {
  module: number;
  /** The agents that may take it, by `agent.name`. */
  agents: readonly [string, ...string[]];
  /** Name of the parent span. */
  parent: string;
}

/** Every step of every module. */
export const steps: StepSpec[] = chain.flatMap((module) =>
  stepsOf(module).map((step) => ({
    ...step,
    module: module.number,
    agents: step.agents ?? [roleName(module.type)],
    parent: step.below ?? `run_module_${module.number}`,
  })),
);

/** Missing spans where more than the definition's `times` decides how many there must be. */
const missingBy: Record<string, (module: ModuleRun) => string[]> = {
  validation: (module) =>
    spansNamed(module, 'validation').some((span) => !judgesAnswer(span)) ? [] : ['at least one validation'],
  file_export: atLeastOne('file_export'),
  item_generation: (module) => {
    const written = new Set(spansNamed(module, 'item_generation').map(itemOf));
    const judged = new Set(spansNamed(module, 'expansion_evaluation').map(itemOf));
    const lacking = [...judged].filter((id) => !written.has(id)).map((id) => `item ${id}, which was judged`);
    return written.size + lacking.length < 3 ? [...lacking, 'a plan’s three or more items'] : lacking;
  },
  expansion_evaluation: (module) => {
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
  deficiency_analysis: perFailedItem('deficiency_analysis', []),
  revision_generation: perFailedItem('revision_generation', ['deficiency_analysis']),
  revision_validation: perFailedItem('revision_validation', ['deficiency_analysis', 'revision_generation']),
  human_review: (module) => {
    const reviewed = new Set(spansNamed(module, 'human_review').map(itemOf));
    return spansNamed(module, 'revision_implementation')
      .filter(({ attributes }) => textsOf(attributes, 'agento.link.review').length > 0)
      .filter((span) => !reviewed.has(itemOf(span)))
      .map((span) => `the review of item ${itemOf(span)}, which its revision follows`);
  },
  revision_implementation: (module) => {
    const done = new Set(spansNamed(module, 'revision_implementation').map(itemOf));
    const reviews = spansNamed(module, 'human_review');
    const reviewed = new Set(reviews.map(itemOf));
    const machine = spansNamed(earlier(module, 4), 'revision_validation');
    return [...reviews, ...machine.filter((span) => !reviewed.has(itemOf(span)))]
      .filter((span) => chosenOf(span).length > 0 && !done.has(itemOf(span)))
      .map((span) => `the approved revision of item ${itemOf(span)}`);
  },
  revision_baseline: (module) =>
    spansNamed(module, 'revision_implementation')
      .filter((span) => !hasChild(module, span, 'revision_baseline'))
      .map((span) => `the original of item ${itemOf(span)}`),
  revision_attempt: (module) =>
    spansNamed(module, 'revision_implementation').flatMap((span) => {
      const made = module.spans.filter((other) => other.parent_span_id === span.span_id).map(attemptOf);
      return attemptsOf(span)
        .filter((number) => !made.includes(number))
        .map((number) => `attempt ${number} at the revision of item ${itemOf(span)}`);
    }),
  revision_apply: perAttempt('revision_apply', (number) => number === 1),
  revision_refinement: perAttempt('revision_refinement', (number) => number > 1),
  revision_evaluation: perAttempt('revision_evaluation', () => true),
};

/** Missing spans of a step in a module that did not fail. */
export function missingOf(spec: StepSpec, module: ModuleRun): string[] {
  const { name, times, agents } = spec;
  const spans = spansNamed(module, name);
  const missing = missingBy[name];
  if (missing) return missing(module);
  if (times === 'run') return spans.length === 1 ? [] : [`one ${name} (there are ${spans.length})`];
  if (times === 'agent') {
    const taken = new Set(spans.map(({ attributes }) => attributes['agent.name']));
    return agents.filter((agent) => !taken.has(agent)).map((agent) => `the part of ${agent}`);
  }
  if (times !== 'item') return [];
  const done = new Set(spans.map(itemOf));
  return spansNamed(earlier(module, 3), 'item_generation')
    .map(itemOf)
    .filter((id) => !done.has(id))
    .map((id) => `item ${id}`);
}

/** A verdict of one of AGENTO_GUARDRAILS on a step's answer; other validations are of what the module hands on. */
export function judgesAnswer({ attributes }: RecordedSpan): boolean {
  return attributes['guardrail.action'] !== undefined;
}

/** The spans of one step in all executions of its module. */
export function spansOf(run: RunTrace, spec: { module: number; name: string }): RecordedSpan[] {
  return run.executions
    .filter(({ number }) => number === spec.module)
    .flatMap((module) => spansNamed(module, spec.name));
}

function atLeastOne(name: string): (module: ModuleRun) => string[] {
  return (module) => (spansNamed(module, name).length > 0 ? [] : [`at least one ${name}`]);
}

/**
 * Module 4 works on the items with a failed verdict; if module 3 is not in the trace, on those it started with. An item
 * for which an earlier step had no usable result is left unchanged.
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

function hasChild(module: ModuleRun, parent: RecordedSpan, name: string): boolean {
  return module.spans.some((span) => span.parent_span_id === parent.span_id && span.name === name);
}

/** The attempts there were, by the candidates for acceptance; only the first if there are none. */
function attemptsOf(implementation: RecordedSpan): number[] {
  const candidates = textOf(implementation.attributes, 'agento.decision.candidates');
  const numbers = [...candidates.matchAll(/"attempt-(\d+)"/g)].map(([, number]) => Number(number));
  return numbers.length > 0 ? numbers : [1];
}
