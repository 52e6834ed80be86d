import { expect, test } from 'vitest';
import { parseOtlpJson, readRuns, type Trace, validate } from '../src/index.ts';
import { goodTrace } from './good-trace.ts';

const verdict = {
  'guardrail.name': 'reasons-quote',
  'guardrail.passed': false,
  'guardrail.problems': ['/reasoning: must quote a verbatim passage'],
  'guardrail.action': 'warn',
  'guardrail.outcome': 'noted',
  'guardrail.file_sha256': 'a'.repeat(64),
};

/** A good trace with the verdict of a guardrail of AGENTO_GUARDRAILS on the first answer of module 3's judge. */
function judged(attributes: object = {}): { trace: Trace; step: string; span: string } {
  const trace = parseOtlpJson(goodTrace());
  const step = trace.spans.find(({ name }) => name === 'expansion_evaluation');
  const module = trace.spans.find(({ name }) => name === 'run_module_3');
  const own = trace.spans.find(
    ({ name, resource }) => name === 'validation' && resource['module.number'] === 3,
  );
  if (!step || !module || !own) throw new Error('the good trace has none');
  module.attributes['agento.span_count'] = Number(module.attributes['agento.span_count']) + 1;
  const span_id = 'd'.repeat(16);
  trace.spans.push({
    ...structuredClone(own),
    span_id,
    parent_span_id: step.span_id,
    start: step.start,
    end: step.end,
    attributes: { ...own.attributes, ...verdict, ...attributes },
  });
  return { trace, step: step.span_id, span: span_id };
}

test("A verdict of a guardrail on a step's answer is accepted below that step, and read with it.", () => {
  const { trace, step, span } = judged();

  expect(validate(trace, { complete: true })).toEqual([]);
  expect(readRuns(trace)[0]?.guardrails.find(({ span_id }) => span_id === span)).toEqual({
    span_id: span,
    step,
    module: 3,
    name: 'reasons-quote',
    passed: false,
    action: 'warn',
    outcome: 'noted',
    problems: ['/reasoning: must quote a verbatim passage'],
  });
});

test.each([
  [{ 'guardrail.outcome': 'passed' }, 'guardrail.outcome is passed, and guardrail.passed says otherwise'],
  [
    { 'guardrail.outcome': 'blocked' },
    'guardrail.outcome is blocked, which does not come of the action warn',
  ],
  [
    { 'guardrail.action': 'repair', 'guardrail.outcome': 'repair' },
    'guardrail.outcome is repair, and its step has no agento.repaired',
  ],
  [{ 'guardrail.file_sha256': 'none' }, 'guardrail.file_sha256 must be a SHA-256 in hex'],
])('%j is noticed.', (attributes, detail) => {
  const { trace, span } = judged(attributes);

  expect(validate(trace, { complete: true })).toContainEqual(
    expect.objectContaining({ rule: 'module3.validation.guardrail.verdict', span_id: span, detail }),
  );
});
