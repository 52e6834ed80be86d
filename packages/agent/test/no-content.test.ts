import { afterEach, expect, test } from 'vitest';
import { badVerdict, closeAll, evaluator, goodVerdict, harness, judge } from './harness.ts';

afterEach(closeAll);

test('With content switched off nothing of prompt or answer is in the spans; names, ids, counts and hashes are.', async () => {
  const env = { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'NO_CONTENT' };
  const made = await harness([{ content: badVerdict }, { content: goodVerdict }], {}, env);

  await judge(made.run);

  const text = JSON.stringify(made.spans());
  const said = ['repair café', 'Find one by May', 'It is dated', 'names a date', 'You judge one item'];
  expect(said.filter((words) => text.includes(words))).toEqual([]);
  const step = made.span('expansion_evaluation');
  expect(step.attributes).toEqual({
    'agent.name': 'ItemEvaluator',
    'agento.step': 'agent.run',
    'agento.step.name': 'expansion_evaluation',
    'agento.item.id': 'p1-i1',
    'agento.criterion.id': 'c1',
    'agent.model': 'small-1',
    'gen_ai.operation.name': 'invoke_agent',
    'gen_ai.agent.name': 'ItemEvaluator',
    'agento.genai.span_name': 'invoke_agent ItemEvaluator',
    'gen_ai.provider.name': '127.0.0.1',
    'gen_ai.request.model': 'small-1',
    'agento.prompt.version': '1.2.0',
    'agento.prompt.sha256': evaluator.prompt.sha256,
    'agento.repaired': true,
    'agento.verdict.pass': true,
  });
  expect(made.spans().flatMap(({ events }) => events)).toEqual([]);
});
