import { chain } from '@agento/contracts';
import {
  type Attributes,
  type AttributeValue,
  isInterrupted,
  numberOf,
  type RecordedSpan,
  textOf,
  textsOf,
} from '../model.ts';
import { failed, hasContent, type RunTrace, spansNamed } from '../run.ts';
import type { Rule } from './rule.ts';

/** What a guardrail found: nothing where it passed. Its name and verdict are attributes of the step's definition. */
const problemRules: Rule[] = chain.map(({ number: module }) => ({
  name: `module${module}.validation.guardrail.problems`,
  module,
  where: 'validation',
  requires: 'attribute guardrail.problems: a list, empty when it passed',
  subject: { kind: 'attribute', key: 'guardrail.problems' },
  check: (run) =>
    run.modules
      .filter(({ number }) => number === module)
      .flatMap((ran) => spansNamed(ran, 'validation'))
      .filter((span) => hasContent(span) && !isInterrupted(span))
      .filter(
        ({ attributes }) =>
          !Array.isArray(attributes['guardrail.problems']) ||
          (attributes['guardrail.passed'] !== false && textsOf(attributes, 'guardrail.problems').length > 0),
      )
      .map((span) => ({
        span,
        detail: 'guardrail.problems is missing or not a list, or not empty though it passed',
      })),
}));

const artifactFields = ['name', 'sha256', 'size', 'media_type'];

/** file_export names its file on the span, or each of several in an event. */
function artifactRules(): Rule[] {
  const artifacts = (span: RecordedSpan): Attributes[] => {
    const events = span.events
      .filter(({ name }) => name === 'agento.artifact')
      .map(({ attributes }) => attributes);
    const own = artifactFields.map((field): [string, AttributeValue | undefined] => [
      field,
      span.attributes[`agento.artifact.${field}`],
    ]);
    return events.length > 0
      ? events
      : [Object.fromEntries(own.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])))];
  };
  const exported = (run: RunTrace, module: number) =>
    run.modules
      .filter(({ number }) => number === module)
      .flatMap((ran) => spansNamed(ran, 'file_export'))
      .filter((span) => !failed(span));
  const named = chain.flatMap(({ number: module }) =>
    artifactFields.map(
      (field): Rule => ({
        name: `module${module}.file_export.agento.artifact.${field}`,
        module,
        where: 'file_export',
        requires: `agento.artifact.${field} of one file, or an event agento.artifact {${artifactFields.join(', ')}} per file`,
        subject: { kind: 'attribute', key: `agento.artifact.${field}` },
        check: (run) =>
          exported(run, module).flatMap((span) =>
            artifacts(span)
              .filter((artifact) => !artifactFits(artifact, field))
              .map(() => ({ span, detail: `agento.artifact.${field} is missing or invalid` })),
          ),
      }),
    ),
  );
  const plan: Rule = {
    name: 'module5.file_export.final_plan',
    module: 5,
    where: 'file_export',
    requires: 'the final plan is among the files: final_plan.md and final_plan.json',
    check: (run) =>
      run.modules
        .filter(({ number, whole }) => number === 5 && whole)
        .flatMap((module) => {
          const names = spansNamed(module, 'file_export')
            .flatMap(artifacts)
            .map((artifact) => artifact.name);
          return ['final_plan.md', 'final_plan.json']
            .filter((name) => !names.includes(name))
            .map((name) => ({ span: module.root, detail: `no file_export names ${name}` }));
        }),
  };
  return [...named, plan];
}

function artifactFits(artifact: Attributes, field: string): boolean {
  if (field === 'size') return (numberOf(artifact, 'size') ?? -1) >= 0;
  if (field === 'sha256') return /^[0-9a-f]{64}$/.test(textOf(artifact, 'sha256'));
  return textOf(artifact, field) !== '';
}

export const exportRules: Rule[] = [...problemRules, ...artifactRules()];
