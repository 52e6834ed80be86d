import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { InstrumentedAgent, initializeTracing, type SentMessage, TracedWorkflow } from '../src/index.ts';
import { collectSpans } from '../src/testing.ts';
import { conventionsMessages } from './conventions-messages.ts';

const collection = collectSpans();
const tracing = initializeTracing({ serviceName: 'test', processors: [collection.processor] }, {});
afterEach(() => collection.clear());
afterAll(() => tracing.shutdown());

class Summarizer extends InstrumentedAgent<{ text: string }, string> {
  protected override async execute({ text }: { text: string }): Promise<string> {
    const messages: SentMessage[] = [
      { role: 'system', content: 'Summarise in one word.' },
      { role: 'user', content: text },
    ];
    const answer = await this.callModel({ purpose: 'summary', messages }, async ([, user]) => {
      if (!user?.content) throw new RangeError('nothing to summarise');
      const content = user.content.split(' ')[0] ?? '';
      return { content, id: 'answer-1', model: 'first-word-1', inputTokens: 5, outputTokens: 1 };
    });
    return answer.content;
  }
}
const summarizer = new Summarizer({ name: 'Summarizer', model: 'first-word', provider: 'example.rule' });

describe('an instrumented agent', () => {
  test('gets back whatever the model call gave, and what can be read of it is recorded', async () => {
    const circular: Record<string, unknown> = { text: 'Who?' };
    circular.self = circular;
    const answers: unknown[] = [
      { content: null, toolCalls: [{ id: 'c1', function: { name: 'find', arguments: { a: 1 } } }] },
      { content: 7, inputTokens: 5, toolCalls: [null] },
      undefined,
      Object.defineProperty({}, 'content', {
        get() {
          throw Object.create(null);
        },
      }),
    ];
    class Untyped extends InstrumentedAgent<unknown, unknown> {
      protected override execute(answer: unknown) {
        const messages = [{ role: 'user', content: circular as unknown as string }];
        return this.callModel({ purpose: 'ask', messages }, async () => answer as never);
      }
    }
    const agent = new Untyped({ name: 'Untyped', model: 'any' });
    for (const answer of answers) expect(await agent.run(answer)).toBe(answer);

    const calls = collection.spans().filter(({ name }) => name === 'llm_call');
    expect(calls.map(({ status }) => status.code)).toEqual(answers.map(() => 'UNSET'));
    for (const { attributes } of calls) {
      expect(attributes['ai.prompt']).toContain('[not recorded: ');
      expect(attributes['gen_ai.input.messages']).toContain('[not recorded: ');
    }
    expect(calls[0]?.attributes['gen_ai.output.messages']).toContain('"name":"find","arguments":{"a":1}');
    expect(calls[1]?.attributes).toMatchObject({ 'gen_ai.usage.input_tokens': 5, 'ai.response': '7' });
  });

  test('has its run and its model calls in the trace, with prompt and answer', async () => {
    expect(await summarizer.run({ text: 'bicycles are repaired' })).toBe('bicycles');
    const [call, run] = collection.spans();
    const prompt = JSON.stringify([
      { role: 'system', content: 'Summarise in one word.' },
      { role: 'user', content: 'bicycles are repaired' },
    ]);
    expect(run).toMatchObject({
      name: 'Summarizer.run',
      parentSpanId: null,
      attributes: {
        'agent.name': 'Summarizer',
        'agent.model': 'first-word',
        'agent.input': '{"text":"bicycles are repaired"}',
        'agent.output': 'bicycles',
      },
    });
    expect(call).toMatchObject({
      name: 'llm_call',
      kind: 'CLIENT',
      parentSpanId: run?.spanId,
      attributes: {
        'agent.name': 'Summarizer',
        'agent.model': 'first-word',
        purpose: 'summary',
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'example.rule',
        'gen_ai.request.model': 'first-word',
        'gen_ai.response.model': 'first-word-1',
        'gen_ai.response.id': 'answer-1',
        'gen_ai.usage.input_tokens': 5,
        'gen_ai.usage.output_tokens': 1,
        'ai.prompt': prompt,
        'ai.response': 'bicycles',
        'ai.response_excerpt': 'bicycles',
      },
      events: [
        { name: 'full_prompt', attributes: { text: prompt } },
        { name: 'full_response', attributes: { text: 'bicycles' } },
      ],
    });
    expect(JSON.parse(String(call?.attributes['gen_ai.output.messages']))).toEqual([
      { role: 'assistant', parts: [{ type: 'text', content: 'bicycles' }], finish_reason: 'stop' },
    ]);
  });

  test('shows what is no text in both directions: an image asked about, and an answer of several parts', async () => {
    class Seer extends InstrumentedAgent<Uint8Array, string> {
      protected override async execute(image: Uint8Array): Promise<string> {
        const url = `data:image/png;base64,${Buffer.from(image).toString('base64')}`;
        const content = [{ type: 'image_url' as const, image_url: { url } }];
        const messages = [{ role: 'user', content }];
        const answer = await this.callModel({ purpose: 'see', messages }, async ([asked]) => ({
          content: [
            { type: 'thinking', thinking: 'Whiskers.' },
            { type: 'text', text: asked?.content[0]?.image_url.url === url ? 'A cat.' : 'Nothing.' },
          ],
        }));
        return String(answer.content[1]?.text);
      }
    }
    const seer = new Seer({ name: 'Seer', model: 'any' });
    expect(await seer.run(new Uint8Array(2_000))).toBe('A cat.');

    const [call, run] = collection.spans();
    const bytes = expect.stringMatching(/2000 bytes, sha256 [0-9a-f]{64}\]/);
    expect(run?.attributes).toMatchObject({ 'agent.input': bytes, 'agent.output': 'A cat.' });
    expect(call?.attributes).toMatchObject({ 'ai.prompt': bytes, 'ai.response': 'A cat.' });
    const messages = (way: string) =>
      conventionsMessages(call?.attributes[`gen_ai.${way}.messages`])[0]?.parts;
    expect(messages('input')).toMatchObject([
      { type: 'blob', mime_type: 'image/png', content: '', size: 2_000 },
    ]);
    expect(messages('output')).toEqual([
      { type: 'reasoning', content: 'Whiskers.' },
      { type: 'text', content: 'A cat.' },
    ]);
  });

  test('that fails shows it on both spans and rejects with the very error', async () => {
    await expect(summarizer.run({ text: '' })).rejects.toThrow('nothing to summarise');
    expect(
      collection.spans().map(({ name, status, attributes }) => [name, status.code, attributes['error.type']]),
    ).toEqual([
      ['llm_call', 'ERROR', 'RangeError'],
      ['Summarizer.run', 'ERROR', 'RangeError'],
    ]);
  });
});

describe('a traced workflow', () => {
  test('captures what went into and came out of each step', async () => {
    const workflow = new TracedWorkflow('report');
    const total: number = await workflow.executeStep(
      'sum',
      (...values: number[]) => values.reduce((a, b) => a + b),
      1,
      2,
    );
    expect(total).toBe(3);
    expect(collection.spans()).toMatchObject([
      {
        name: 'report.sum',
        attributes: { 'workflow.name': 'report', 'workflow.step': 'sum' },
        events: [{ name: 'capture.sum', attributes: { inputs: '{"args":[1,2]}', outputs: '{"result":3}' } }],
      },
    ]);
  });

  test('rejects with what the step throws, also from a plain function', async () => {
    const step = new TracedWorkflow('report').executeStep('fail', () => {
      throw new SyntaxError('unreadable');
    });
    await expect(step).rejects.toThrow('unreadable');
    expect(collection.spans()).toMatchObject([{ name: 'report.fail', status: { code: 'ERROR' } }]);
  });
});
