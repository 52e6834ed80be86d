import { modelStep } from '@agento/contracts';
import Type, { type Static } from 'typebox';
import { afterEach, describe, expect, test } from 'vitest';
import { ask, defineAgent } from '../src/index.ts';
import { closeAll, harness } from './harness.ts';
import type { Reply, RequestBody } from './scripted-model.ts';

afterEach(closeAll);

describe('The schema of a call', () => {
  const ids = { among: { ids: ['c1', 'c2'] } };
  const Named = Type.Object({
    ids: Type.Array(Type.String({ maxLength: 64 })),
    why: Type.String({ maxLength: 9 }),
  });
  const agent = defineAgent(
    modelStep({
      name: 'expansion_evaluation',
      agents: ['ItemEvaluator'],
      times: 'run',
      input: Type.Object({}),
      context: 'short',
      answer: Named,
    }),
    new URL('./fixtures/item-evaluator.md', import.meta.url),
  );
  const asking = async (script: Parameters<typeof harness>[0], env: NodeJS.ProcessEnv = {}) => {
    const made = await harness(script, env);
    const { question } = given;
    const answer = await ask(made.run, agent, { ...question, ids });
    const kinds = made.spans().flatMap(({ attributes }) => attributes['agento.llm.schema'] ?? []);
    return { ...made, answer, kinds, schemas: made.model.bodies.map(schemaOf) };
  };
  const schemaOf = ({ response_format }: RequestBody) => response_format?.json_schema?.schema;
  const given = {
    question: {
      input: {},
      make: (answer: Static<typeof Named>) => answer,
      outcome: () => ({ summary: '', attributes: {} }),
    },
  };
  const content = { ids: ['c2'], why: 'Short.' };
  const plain = JSON.parse(
    JSON.stringify(Type.Object({ ids: Type.Array(Type.String()), why: Type.String() })),
  );

  test('holds its ids and the lengths of its texts, wherever the endpoint does not compile schemas.', async () => {
    const { schemas, kinds, answer } = await asking([{ content }]);

    expect(schemas).toMatchObject([
      { properties: { ids: { items: { enum: ['c1', 'c2'] } }, why: { maxLength: 9 } } },
    ]);
    expect(kinds).toEqual(['call']);
    expect(answer).toEqual(content);
  });

  test.each<[NodeJS.ProcessEnv, string]>([
    [{ AGENTO_PROVIDER: 'openai' }, 'static'],
    [{ AGENTO_PROVIDER: 'azure.ai.openai' }, 'static'],
    [{ AGENTO_CALL_SCHEMA: 'off' }, 'static'],
    [{ AGENTO_PROVIDER: 'openai', AGENTO_CALL_SCHEMA: 'on' }, 'call'],
  ])('with %o is asked for by the schema that is %s.', async (env, kind) => {
    const { kinds, schemas } = await asking([{ content }], env);

    expect(kinds).toEqual([kind]);
    if (kind === 'static') expect(schemas).toEqual([plain]);
  });

  test('that is refused is given up for the one of the step, without lengths, and that is remembered.', async () => {
    const script = (body: RequestBody): Reply =>
      JSON.stringify(body).includes('enum')
        ? { status: 400, error: { message: 'Invalid schema: enum of ids' } }
        : { content };
    const { schemas, kinds, run } = await asking(script);
    await ask(run, agent, { ...given.question, ids });

    expect(schemas).toEqual([expect.objectContaining({}), plain]);
    expect(kinds).toEqual(['call', 'static']);
  });

  test('is checked here, whether or not it was sent.', async () => {
    const long = { ...content, why: 'Not so short.' };
    const { model } = await asking([{ content: long }, { content }], { AGENTO_CALL_SCHEMA: 'off' });

    expect(model.bodies.at(-1)?.messages.at(-1)?.content).toContain(
      '- /why: must not have more than 9 characters',
    );
  });
});
