import { VerdictAnswer } from '@agento/contracts';
import { activeSpan, enterRun, referenceOf, withRunSpan } from '@agento/tracing';
import { afterEach, describe, expect, test } from 'vitest';
import { linkTo, renderInput } from '../src/index.ts';
import { badVerdict, closeAll, evaluator, goodVerdict, harness, judge, runId } from './harness.ts';

afterEach(closeAll);

const input = {
  goal: 'Open a repair café',
  constraints: [],
  plan: { plan_title: 'A café that repairs', item_titles: ['Room', 'People'] },
  item: { id: 'p1-i1', item_title: 'Room', item_description: 'Find one by May.' },
  criterion: { id: 'c1', criteria: 'It is dated', reasoning: 'Dates bind.' },
};
const messages = [
  { role: 'system', content: evaluator.prompt.text },
  { role: 'user', content: renderInput(input) },
];

describe('A question to an agent', () => {
  test('sends the prompt, the input as data and the strict schema of the answer, and nothing it was not told to.', async () => {
    const { model, run } = await harness([{ content: goodVerdict }]);

    expect(await judge(run)).toEqual(goodVerdict);

    expect(model.bodies).toEqual([
      {
        model: 'small-1',
        messages,
        max_completion_tokens: 4096,
        response_format: {
          type: 'json_schema',
          json_schema: {
            name: 'expansion_evaluation',
            strict: true,
            schema: JSON.parse(JSON.stringify(VerdictAnswer)),
          },
        },
      },
    ]);
  });

  test('says to those who watch that the step began and ended, with its tokens and its outcome.', async () => {
    const { run, events } = await harness([{ content: goodVerdict }]);

    await judge(run);

    const name = {
      module: 3,
      step: 'expansion_evaluation',
      agent_name: 'ItemEvaluator',
      item_id: 'p1-i1',
      criterion_id: 'c1',
    };
    expect(events).toEqual([
      { name: 'step.started', data: name },
      {
        name: 'step.finished',
        data: {
          ...name,
          duration_ms: expect.any(Number),
          usage: { input_tokens: 100, output_tokens: 20, cost_usd: null },
          summary: '80',
        },
      },
    ]);
  });

  test('gives what is made its origin: agent, the model that answered, prompt and span.', async () => {
    const { run, span } = await harness([{ content: goodVerdict }]);

    const made = await judge(run, { make: (answer, produced_by) => ({ ...answer, produced_by }) });

    const { traceId, spanId } = span('expansion_evaluation');
    expect(made).toEqual({
      ...goodVerdict,
      produced_by: {
        agent_name: 'ItemEvaluator',
        model: 'small-1-2026-01-01',
        prompt_version: '1.2.0',
        prompt_sha256: evaluator.prompt.sha256,
        trace_id: traceId,
        span_id: spanId,
      },
    });
  });

  test('counts the call in the ledger of the run.', async () => {
    const { run } = await harness([{ content: goodVerdict }]);

    await judge(run);
    await judge(run);

    expect(run.ledger.entries()).toEqual([
      {
        module: 3,
        agent_name: 'ItemEvaluator',
        model: 'small-1-2026-01-01',
        provider: '127.0.0.1',
        calls: 2,
        input_tokens: 200,
        output_tokens: 40,
        cost_usd: null,
      },
    ]);
  });
});

describe('The spans of a question', () => {
  test('are a step that holds prompt, answer and outcome, and below it a CLIENT span of the call.', async () => {
    const { model, run, spans, span } = await harness([
      {
        content: goodVerdict,
        message: { reasoning_content: 'First I read the dates.' },
        completion: {
          usage: {
            prompt_tokens: 100,
            completion_tokens: 20,
            prompt_tokens_details: { cached_tokens: 64, cache_write_tokens: 16 },
            completion_tokens_details: { reasoning_tokens: 8 },
          },
        },
      },
    ]);
    const entry = enterRun({ headers: {}, metadata: undefined, source: '', openaiTraceId: undefined });
    const { module } = run;

    await withRunSpan({ module, entry, agentName: 'PlanExpander', runId, nextModule: 4 }, async () => {
      const made = { produced_by: referenceOf(activeSpan()) };
      await judge(run, { links: { item: linkTo(made, { itemId: 'p1-i1' }) } });
    });

    const [chat, step, root] = spans();
    const prompt = JSON.stringify(messages);
    const response = JSON.stringify(goodVerdict);
    const subject = {
      'agento.run.id': runId,
      'agento.run.attempt': 1,
      'agento.run.execution': 1,
      'agento.step.name': 'expansion_evaluation',
      'agento.item.id': 'p1-i1',
      'agento.criterion.id': 'c1',
    };
    expect(spans().map(({ name }) => name)).toEqual(['chat small-1', 'expansion_evaluation', 'run_module_3']);
    expect(step).toEqual({
      name: 'expansion_evaluation',
      kind: 'INTERNAL',
      openInferenceKind: 'AGENT',
      scope: 'agento.module3',
      traceId: root?.traceId,
      spanId: expect.any(String),
      parentSpanId: root?.spanId,
      status: { code: 'UNSET' },
      links: [
        {
          traceId: root?.traceId,
          spanId: root?.spanId,
          attributes: { relationship: 'item', 'agento.item.id': 'p1-i1' },
        },
      ],
      attributes: {
        ...subject,
        'agent.name': 'ItemEvaluator',
        'agento.step': 'agent.run',
        'agent.model': 'small-1',
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.name': 'ItemEvaluator',
        'agento.genai.span_name': 'invoke_agent ItemEvaluator',
        'gen_ai.provider.name': '127.0.0.1',
        'gen_ai.request.model': 'small-1',
        'agento.prompt.version': '1.2.0',
        'agento.prompt.sha256': evaluator.prompt.sha256,
        'agento.link.item': [root?.spanId],
        'ai.prompt': prompt,
        'ai.response': response,
        'ai.response_excerpt': response,
        'agento.verdict.pass': true,
      },
      events: [
        { name: 'full_prompt', attributes: { text: prompt } },
        { name: 'full_response', attributes: { text: response } },
        {
          name: 'capture.expansion_evaluation',
          attributes: {
            inputs: JSON.stringify({ item_id: 'p1-i1', criterion_id: 'c1' }),
            outputs: response,
          },
        },
      ],
    });
    expect(chat).toEqual({
      name: 'chat small-1',
      kind: 'CLIENT',
      openInferenceKind: 'LLM',
      scope: 'agento.module3',
      traceId: root?.traceId,
      spanId: expect.any(String),
      parentSpanId: step?.spanId,
      status: { code: 'UNSET' },
      links: [],
      attributes: {
        ...subject,
        'agent.name': 'ItemEvaluator',
        'agento.step': 'model.call',
        'agento.call.key': 'm3/expansion_evaluation/ItemEvaluator/p1-i1/c1',
        'agent.model': 'small-1',
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': '127.0.0.1',
        'gen_ai.request.model': 'small-1',
        'gen_ai.output.type': 'json',
        'gen_ai.prompt.name': 'ItemEvaluator',
        'gen_ai.prompt.version': '1.2.0',
        'gen_ai.response.id': 'chatcmpl-1',
        'gen_ai.response.model': 'small-1-2026-01-01',
        'gen_ai.response.finish_reasons': ['stop'],
        'gen_ai.usage.input_tokens': 100,
        'gen_ai.usage.output_tokens': 20,
        'gen_ai.usage.cache_read.input_tokens': 64,
        'gen_ai.usage.cache_write.input_tokens': 16,
        'gen_ai.usage.cache_creation.input_tokens': 16,
        'gen_ai.usage.reasoning.output_tokens': 8,
        'server.address': '127.0.0.1',
        'server.port': Number(new URL(model.url).port),
        'agento.llm.queue_ms': expect.any(Number),
        'agento.llm.schema': 'call',
        'gen_ai.request.max_tokens': 4096,
        'gen_ai.input.messages': JSON.stringify(
          messages.map(({ role, content }) => ({ role, parts: [{ type: 'text', content }] })),
        ),
        'gen_ai.output.messages': JSON.stringify([
          {
            role: 'assistant',
            parts: [
              { type: 'reasoning', content: 'First I read the dates.' },
              { type: 'text', content: response },
            ],
            finish_reason: 'stop',
          },
        ]),
      },
      events: [],
    });
    expect(span('run_module_3').attributes['agento.span_count']).toBe(2);
  });
});

describe('An answer that cannot be used', () => {
  test('is repaired by one call that shows the model its answer and what was wrong with it.', async () => {
    const { model, run, spans, events } = await harness([{ content: badVerdict }, { content: goodVerdict }]);

    expect(await judge(run)).toEqual(goodVerdict);

    const repair = [
      ...messages,
      { role: 'assistant', content: JSON.stringify(badVerdict) },
      {
        role: 'user',
        content:
          'Your answer cannot be used as it is:\n- /score: must be <= 100\nAnswer again with the whole corrected JSON object.',
      },
    ];
    expect(model.bodies.map((body) => body.messages)).toEqual([messages, repair]);
    const [first, second, step] = spans();
    expect([first, second].map((chat) => chat?.attributes['agento.repair'])).toEqual([undefined, true]);
    expect([first, second].map((chat) => chat?.attributes['agento.call.key'])).toEqual([
      'm3/expansion_evaluation/ItemEvaluator/p1-i1/c1',
      'm3/expansion_evaluation/ItemEvaluator/p1-i1/c1/call-2',
    ]);
    // The step has its first prompt and its last answer, the repair call its own.
    expect(step?.attributes).toMatchObject({
      'ai.prompt': JSON.stringify(messages),
      'ai.response': JSON.stringify(goodVerdict),
    });
    expect(first?.attributes['ai.prompt']).toBeUndefined();
    expect(second?.attributes).toMatchObject({
      'ai.prompt': JSON.stringify(repair),
      'ai.response': JSON.stringify(goodVerdict),
    });
    expect(events.at(-1)?.data).toMatchObject({ usage: { input_tokens: 200, output_tokens: 40 } });
    expect(run.ledger.entries()).toMatchObject([{ calls: 2, input_tokens: 200 }]);
  });

  test('is also one that says what cannot be: the check beyond the schema is told in the repair.', async () => {
    const { model, run } = await harness([
      { content: { ...goodVerdict, reasoning: '' } },
      { content: goodVerdict },
    ]);

    await judge(run, {
      check: ({ reasoning }) =>
        reasoning === '' ? [{ pointer: '/reasoning', detail: 'must not be empty' }] : [],
    });

    expect(model.bodies[1]?.messages.at(-1)?.content).toContain('- /reasoning: must not be empty\n');
  });

  test.each([
    ['prose', { content: 'The item passes.' }, 'this is not JSON'],
    ['nothing', { content: '' }, 'this is not JSON'],
    [
      'JSON cut by its length limit',
      { content: '{"reasoning":"It', finishReason: 'length' },
      'the JSON was cut off: answer more briefly',
    ],
    ['a list', { content: '[]' }, 'must be object'],
  ])('is repaired when it is %s.', async (_what, reply, complaint) => {
    const { model, run } = await harness([reply, { content: goodVerdict }]);

    expect(await judge(run)).toEqual(goodVerdict);
    expect(model.bodies[1]?.messages.at(-1)?.content).toContain(`- the whole answer: ${complaint}\n`);
  });

  test('fails the step when the repair is no better: a second repair is not paid for.', async () => {
    const { model, run, span, events } = await harness([{ content: badVerdict }]);

    const failure = await judge(run).catch((error: unknown) => error);

    const step = span('expansion_evaluation');
    expect(failure).toMatchObject({
      name: 'StepError',
      code: 'answer_invalid',
      message: 'The answer was still invalid after one repair: /score must be <= 100',
      failedStep: {
        step: 'expansion_evaluation',
        agent_name: 'ItemEvaluator',
        span_id: step.spanId,
        prompt_sha256: evaluator.prompt.sha256,
      },
    });
    expect(model.bodies).toHaveLength(2);
    expect(step.status).toEqual({
      code: 'ERROR',
      message: 'The answer was still invalid after one repair: /score must be <= 100',
    });
    expect(step.attributes['error.type']).toBe('answer_invalid');
    expect(step.attributes['ai.response']).toBe(JSON.stringify(badVerdict));
    expect(step.events.map(({ name }) => name)).toContain('exception');
    expect(events.at(-1)).toMatchObject({
      name: 'step.finished',
      data: { summary: 'failed', failed: true, usage: { input_tokens: 200, output_tokens: 40 } },
    });
  });
});
