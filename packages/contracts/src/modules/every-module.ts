import Type from 'typebox';
import { codeStep, form } from '../step.ts';

/** The last three steps of every module: create the output, validate it against the contract, write it to disk. */
export const outputCreation = codeStep({
  name: 'output_creation',
  kind: 'output_creation',
  times: 'run',
  attributes: Type.Object({ 'agento.output.size': form.count('of the whole') }),
  content: { module_output: 'what the module adds, as JSON' },
  events: { 'module_output.full': { fields: ['json'], content: ['json'], note: 'the same text' } },
});

export const validation = codeStep({
  name: 'validation',
  kind: 'validation',
  times: 'guardrail',
  attributes: Type.Object({
    'guardrail.name': form.name('`output_schema`, or the id of one of `AGENTO_GUARDRAILS`'),
    'guardrail.passed': form.flag(),
    'guardrail.action': Type.Optional(form.name('`warn`, `repair` or `block`, of `AGENTO_GUARDRAILS`')),
    'guardrail.outcome': Type.Optional(form.name('`passed`, `noted`, `repair` or `blocked`, likewise')),
    'guardrail.file_sha256': Type.Optional(form.name('of that file')),
  }),
  content: { 'guardrail.problems': 'a list' },
});

export const fileExport = codeStep({
  name: 'file_export',
  kind: 'file_export',
  times: 'run',
  events: {
    'agento.artifact': {
      fields: ['name', 'sha256', 'size', 'media_type'],
      content: [],
      note: 'each of several files; of a single one as attributes `agento.artifact.*`',
    },
  },
});

export const stepsOfEveryModule = [outputCreation, validation, fileExport];
