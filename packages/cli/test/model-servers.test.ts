import type { RequestListener } from 'node:http';
import { startOfflineModel } from '@agento/offline-model';
import { describe, expect, test } from 'vitest';
import { CommandError } from '../src/exit-codes.ts';
import { findModelServers, type ModelServer } from '../src/model-servers/find.ts';
import { offers } from '../src/model-servers/shown.ts';
import { chosenFrom, withModelServer } from '../src/model-servers/take.ts';
import { nowhere, serving } from './answering.ts';
import { agento, testTerminal } from './test-terminal.ts';

/** Much longer than any answer here takes; a server that hangs is given up after it. */
const limit = 1_000;
const portOf = (url: string) => Number(new URL(url).port);

/** A server that answers `GET /v1/models` with this, and everything else with 404. */
function listing(list: unknown): RequestListener {
  return ({ method, url }, response) => {
    if (method !== 'GET' || url !== '/v1/models') response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(list));
  };
}

/** What is found where only this server listens. */
async function foundAt(listener: RequestListener): Promise<Omit<ModelServer, 'url'>[]> {
  const url = await serving(listener);
  const found = await findModelServers(limit, [portOf(url)]);
  return found.map(({ url: at, ...server }) => {
    expect(at).toBe(`${url}/v1`);
    return server;
  });
}

const ollama = {
  object: 'list',
  data: [
    { id: 'qwen3:8b', object: 'model', created: 1_751_712_000, owned_by: 'library' },
    { id: 'mine/llama3.2:latest', object: 'model', created: 1_751_711_000, owned_by: 'mine' },
    { id: 'nomic-embed-text:latest', object: 'model', created: 1_751_710_000, owned_by: 'library' },
    { id: 'gpt-oss:120b-cloud', object: 'model', created: 1_751_709_000, owned_by: 'library' },
  ],
};
const lmStudio = {
  data: [
    { id: 'qwen/qwen3-4b-2507', object: 'model', owned_by: 'organization_owner' },
    { id: 'text-embedding-nomic-embed-text-v1.5', object: 'model', owned_by: 'organization_owner' },
  ],
  object: 'list',
};
const llamaCpp = {
  models: [
    { name: 'models/gemma.gguf', model: 'models/gemma.gguf', type: 'model', capabilities: ['completion'] },
  ],
  object: 'list',
  data: [
    {
      id: 'models/gemma.gguf',
      aliases: ['models/gemma.gguf'],
      object: 'model',
      created: 1_791_322_978,
      owned_by: 'llamacpp',
      meta: { vocab_type: 2, n_vocab: 262_144, n_ctx: 16_384, n_ctx_train: 131_072, size: 8_015_415_464 },
    },
  ],
};
const vllm = {
  object: 'list',
  data: [
    {
      id: 'meta-llama/Llama-3.1-8B-Instruct',
      object: 'model',
      created: 1_723_770_563,
      owned_by: 'vllm',
      root: 'meta-llama/Llama-3.1-8B-Instruct',
      parent: null,
      max_model_len: 8_096,
      permission: [{ id: 'modelperm-7c4c', object: 'model_permission', organization: '*' }],
    },
  ],
};

describe('What answers on this machine', () => {
  test.each([
    [
      'Ollama, without models for embeddings or in its cloud',
      ollama,
      'Ollama',
      ['qwen3:8b', 'mine/llama3.2:latest'],
    ],
    ['LM Studio', lmStudio, 'LM Studio', ['qwen/qwen3-4b-2507']],
    ['llama.cpp', llamaCpp, 'llama.cpp', ['models/gemma.gguf']],
    ['vLLM', vllm, 'vLLM', ['meta-llama/Llama-3.1-8B-Instruct']],
    ['Ollama before it has any model', { object: 'list', data: null }, 'a model server', []],
    [
      'a server of another kind',
      { object: 'list', data: [{ id: 'phi', object: 'model' }] },
      'a model server',
      ['phi'],
    ],
  ])('is found: %s', async (_what, list, name, models) => {
    expect(await foundAt(listing(list))).toEqual([{ name, models }]);
  });

  const page: RequestListener = (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Welcome</title>');
  };
  const huge: RequestListener = (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const send = () => {
      while (!response.destroyed && response.write('['.repeat(64 * 1024)));
    };
    response.on('drain', send);
    send();
  };
  const stalls: RequestListener = (_request, response) => {
    response.writeHead(200).write('{"object": "list", "data": [');
  };
  const cutOff: RequestListener = (_request, response) => {
    response.writeHead(200, { 'content-length': 1_000 }).write('{"object": "list"');
    setImmediate(() => response.destroy());
  };
  test.each<[string, RequestListener]>([
    ['a web page', page],
    ['an answer without end', huge],
    ['an answer that stalls', stalls],
    ['an answer that is cut off', cutOff],
    ['no answer at all', () => {}],
    ['500', (_request, response) => response.writeHead(500).end(JSON.stringify(ollama))],
    ['401', (_request, response) => response.writeHead(401).end('{"error": "Invalid API Key"}')],
    ['a list of customers', listing({ object: 'list', data: [{ id: 'cus_1', object: 'customer' }] })],
    ['a list of names', listing({ object: 'list', data: ['small', null] })],
    ['JSON that is no list', listing([{ id: 'small', object: 'model' }])],
    ['null', listing(null)],
  ])('is no model server with %s', async (_what, listener) => {
    expect(await foundAt(listener)).toEqual([]);
  });

  test('is not asked elsewhere: a redirect is not followed', async () => {
    const asked: (string | undefined)[] = [];
    const elsewhere = await serving((request, response) => {
      asked.push(request.url);
      listing(ollama)(request, response);
    });
    const found = await foundAt((_request, response) =>
      response.writeHead(307, { location: `${elsewhere}/v1/models` }).end(),
    );
    expect([found, asked]).toEqual([[], []]);
  });

  test("is never Agento's own offline model", async () => {
    const offline = await startOfflineModel({ host: '127.0.0.1', port: 0, latencyMs: 0 });
    try {
      expect(await findModelServers(limit, [portOf(offline.url)])).toEqual([]);
    } finally {
      await offline.close();
    }
  });

  test('is found beside ports where nothing listens or nothing answers, in the order of the ports', async () => {
    const [first, second, hanging] = [
      await serving(listing(vllm)),
      await serving(listing(lmStudio)),
      await serving(() => {}),
    ];
    const ports = [hanging, first, await nowhere(), second].map(portOf);
    const found = await findModelServers(limit, ports);
    expect(found.map(({ name }) => name)).toEqual(['vLLM', 'LM Studio']);
  });

  test('is not shown with a name that could control the terminal', async () => {
    const data = ['\u001b[2Jsmall', 'two\nlines', 'x'.repeat(201), ' padded', '', 'fine'].map((id) => ({
      id,
      object: 'model',
    }));
    expect(await foundAt(listing({ object: 'list', data }))).toEqual([
      { name: 'a model server', models: ['fine'] },
    ]);
  });
});

const servers: ModelServer[] = [
  { name: 'Ollama', url: 'http://127.0.0.1:11434/v1', models: ['qwen3:8b', 'llama3.2:latest'] },
  { name: 'vLLM', url: 'http://127.0.0.1:8000/v1', models: ['large model'] },
];

test('Each server is told with its models and the line that uses it', () => {
  const many = {
    name: 'LM Studio',
    url: 'http://127.0.0.1:1234/v1',
    models: ['a', 'b', 'c', 'd', 'e', 'f', 'g'],
  };
  const none = { name: 'a model server', url: 'http://127.0.0.1:8080/v1', models: [] };
  const start = 'npx --yes pnpm@12 start --model-server auto';
  expect(
    offers([...servers, many, none]).map((line) =>
      line.replace(/(?<= )pnpm start/, 'npx --yes pnpm@12 start'),
    ),
  ).toEqual([
    'Ollama at http://127.0.0.1:11434/v1 has qwen3:8b, llama3.2:latest; to use it:',
    `  AGENTO_MODEL=qwen3:8b ${start}`,
    'vLLM at http://127.0.0.1:8000/v1 has large model; to use it:',
    `  AGENTO_MODEL='large model' ${start}`,
    'LM Studio at http://127.0.0.1:1234/v1 has a, b, c, d, e and 2 more; to use it:',
    `  AGENTO_MODEL=a ${start}`,
    'a model server at http://127.0.0.1:8080/v1 has no model',
  ]);
});

describe('The model that is taken', () => {
  const taken = (env: NodeJS.ProcessEnv, from = servers) => {
    const { server, model } = chosenFrom(from, env);
    return [server.name, model];
  };
  const empty: ModelServer = { name: 'LM Studio', url: 'http://127.0.0.1:1234/v1', models: [] };

  test('is the first of the first server that has one', () => {
    expect(taken({})).toEqual(['Ollama', 'qwen3:8b']);
    expect(taken({}, [empty, ...servers])).toEqual(['Ollama', 'qwen3:8b']);
    expect(taken({ AGENTO_MODEL: ' ' })).toEqual(['Ollama', 'qwen3:8b']);
  });

  test('is the one that AGENTO_MODEL names, with or without the tag of the latest', () => {
    expect(taken({ AGENTO_MODEL: 'large model' })).toEqual(['vLLM', 'large model']);
    expect(taken({ AGENTO_MODEL: 'llama3.2' })).toEqual(['Ollama', 'llama3.2:latest']);
  });

  test('is of the server that has the models of single agents, too', () => {
    expect(taken({ AGENTO_MODEL_ITEM_EVALUATOR: 'large model' })).toEqual(['vLLM', 'large model']);
    expect(taken({ AGENTO_MODEL: 'qwen3:8b', AGENTO_MODEL_ITEM_EVALUATOR: 'llama3.2:latest' })).toEqual([
      'Ollama',
      'qwen3:8b',
    ]);
  });

  /** Why none is taken: exit code, message and hint. */
  const refusal = (env: NodeJS.ProcessEnv, from: ModelServer[]) => {
    try {
      return chosenFrom(from, env);
    } catch (error) {
      const { exitCode, message, hint } = error as CommandError;
      expect(error).toBeInstanceOf(CommandError);
      return [exitCode, message, hint];
    }
  };

  test('is none where nothing answers, and it is said where was looked and what to do', () => {
    expect(refusal({}, [])).toEqual([
      3,
      'No model server answers on this machine, at 127.0.0.1 on the ports 11434 (Ollama), 1234 (LM Studio), 8080 (llama.cpp), 8000 (vLLM).',
      expect.stringMatching(
        /^Start one, e\.g\. `ollama serve`\. .*OPENAI_BASE_URL.* uses the offline model\.$/,
      ),
    ]);
  });

  test('is none where no server has one, and it is said how to get one', () => {
    expect(refusal({}, [empty])).toEqual([
      3,
      'No model server on this machine has a model: LM Studio at http://127.0.0.1:1234/v1 has no model.',
      'Give it one, e.g. `ollama pull llama3.1:8b`.',
    ]);
  });

  test('is none where no server has what the environment names, and it is said what they have', () => {
    expect(refusal({ AGENTO_MODEL: 'gpt-5-mini' }, servers)).toEqual([
      3,
      'No model server on this machine has what AGENTO_MODEL=gpt-5-mini names: ' +
        'Ollama at http://127.0.0.1:11434/v1 has qwen3:8b, llama3.2:latest; vLLM at http://127.0.0.1:8000/v1 has large model.',
      'Name a model that one of them has, or leave the variable out: begin the command with `AGENTO_MODEL=`.',
    ]);
  });

  test.each([
    [{ OPENAI_API_KEY: 'k' }, 'OPENAI_API_KEY already says', 'OPENAI_API_KEY='],
    [
      { OPENAI_API_KEY: 'k', OPENAI_BASE_URL: 'http://gpu:8000/v1' },
      'OPENAI_API_KEY and OPENAI_BASE_URL already say',
      'OPENAI_API_KEY= OPENAI_BASE_URL=',
    ],
  ])('is none beside %j, which no server of this machine is sent', async (env, named, begin) => {
    const { terminal } = testTerminal({ env });
    await expect(withModelServer(terminal, { modelServer: 'auto' })).rejects.toMatchObject({
      exitCode: 2,
      message: `--model-server looks for a model on this machine, and ${named} which is used.`,
      hint: `Leave it out, or begin the command with \`${begin}\`: empty counts as unset.`,
    });
  });

  test.each([
    ['start', 'Learn to sail'],
    ['eval', 'evals/offline.yaml'],
    ['critique', 'a-run'],
  ])('is looked for by %s, which does nothing else where it may not', async (...command) => {
    const env = { OPENAI_API_KEY: 'k' };
    const { exitCode, stdout, stderr } = await agento([...command, '--model-server', 'auto'], { env });
    expect([exitCode, stdout, stderr.split('\n')[0]]).toEqual([
      2,
      '',
      '✖ --model-server looks for a model on this machine, and OPENAI_API_KEY already says which is used.',
    ]);
  });

  test('is nobody’s concern without the option', async () => {
    const { terminal } = testTerminal({ env: { OPENAI_API_KEY: 'k' } });
    expect(await withModelServer(terminal, {})).toBe(terminal);
  });
});
