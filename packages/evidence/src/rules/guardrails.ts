import { asksModel, chain } from '@agento/contracts';
import { isInterrupted, type RecordedSpan, textOf } from '../model.ts';
import { failed, type RunTrace, spansNamed } from '../run.ts';
import { oneOf, type Rule, sha256 } from './rule.ts';
import { judgesAnswer, steps } from './steps.ts';

const asking = new Set(steps.filter(asksModel).map(({ name }) => name));

/** What came of a verdict, by what the guardrail does where it finds something. */
const outcomes: Record<string, readonly string[]> = {
  warn: ['passed', 'noted'],
  repair: ['passed', 'noted', 'repair'],
  block: ['passed', 'blocked'],
};

const forms = {
  'guardrail.action': oneOf(...Object.keys(outcomes)),
  'guardrail.outcome': oneOf('passed', 'noted', 'repair', 'blocked'),
  'guardrail.file_sha256': sha256,
};

/** What is wrong with the verdict of a guardrail of AGENTO_GUARDRAILS on a step's answer. */
function faultsOf(span: RecordedSpan, run: RunTrace): string[] {
  const { attributes } = span;
  const faults = Object.entries(forms)
    .filter(([key, form]) => !form.fits(attributes[key] ?? null, span))
    .map(([key, form]) => `${key} must be ${form.says}`);
  if (faults.length > 0) return faults;
  const [action, outcome] = [textOf(attributes, 'guardrail.action'), textOf(attributes, 'guardrail.outcome')];
  const step = run.tree.parentOf(span);
  const says = (isTrue: boolean, detail: string) => (isTrue ? [] : [detail]);
  return [
    ...says(
      outcomes[action]?.includes(outcome) === true,
      `guardrail.outcome is ${outcome}, which does not come of the action ${action}`,
    ),
    ...says(
      (attributes['guardrail.passed'] === true) === (outcome === 'passed'),
      `guardrail.outcome is ${outcome}, and guardrail.passed says otherwise`,
    ),
    ...says(
      failed(span) === (outcome === 'blocked'),
      `guardrail.outcome is ${outcome}, and its status says otherwise`,
    ),
    ...says(
      outcome !== 'repair' || !step || isInterrupted(step) || step.attributes['agento.repaired'] === true,
      'guardrail.outcome is repair, and its step has no agento.repaired',
    ),
  ];
}

/** A verdict on an answer is below the step that gave it, one on what a module hands on below `run_module_N`. */
function placeFaults(span: RecordedSpan, run: RunTrace): string[] {
  const parent = run.tree.parentOf(span);
  if (!parent) return [];
  if (judgesAnswer(span) === asking.has(parent.name)) return [];
  return [
    judgesAnswer(span)
      ? `its parent is ${parent.name}, which asks no model`
      : `its parent is ${parent.name}, and it has no guardrail.action`,
  ];
}

function rule(module: number, name: string, requires: string, check: typeof faultsOf): Rule {
  return {
    name: `module${module}.validation.guardrail.${name}`,
    module,
    where: 'validation',
    requires,
    check: (run) =>
      run.executions
        .filter(({ number }) => number === module)
        .flatMap((ran) => spansNamed(ran, 'validation'))
        .filter((span) => !isInterrupted(span))
        .flatMap((span) => check(span, run).map((detail) => ({ span, detail }))),
  };
}

export const guardrailRules: Rule[] = chain.flatMap(({ number }) => [
  rule(
    number,
    'place',
    'with guardrail.action it is below a step that asks a model, without it below run_module_N',
    placeFaults,
  ),
  rule(
    number,
    'verdict',
    'action, outcome, verdict and status of a guardrail of AGENTO_GUARDRAILS fit together',
    (span, run) => (judgesAnswer(span) ? faultsOf(span, run) : []),
  ),
]);
