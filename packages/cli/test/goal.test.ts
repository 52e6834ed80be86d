import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import type { RunEvent } from '../src/run-client.ts';
import { events, output, runId, traceId } from './events.ts';
import { agento } from './test-terminal.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A server on loopback that handles `POST /run` as told; gives its address and the bodies it got. */
async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const bodies: unknown[] = [];
  const server = createServer(async (request, response) => {
    bodies.push({ path: request.url, accept: request.headers.accept, body: JSON.parse(await text(request)) });
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies };
}

const stream = (response: ServerResponse, sent: RunEvent[]) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': still here\n\n');
  for (const { name, data } of sent) response.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
};

const problem = {
  type: 'about:blank',
  title: 'The model failed',
  status: 502,
  detail: 'ItemEvaluator gave no usable answer twice',
  trace_id: traceId,
  run_id: runId,
  module: 3,
  step: 'expansion_evaluation',
  agent_name: 'ItemEvaluator',
};

test('A run is followed to its end: progress, what came out, where it is, the trace', async () => {
  const { url, bodies } = await serve((_request, response) => {
    stream(response, [...events, { name: 'run.finished', data: { output } }]);
    response.end();
  });
  const result = await agento([
    'goal',
    'Open a repair café',
    '--url',
    `${url}/`,
    '--stop-after',
    '1',
    '--session-id',
    's1',
  ]);
  expect({ ...result, stdout: result.stdout.replaceAll(url, 'http://module1') }).toMatchInlineSnapshot(`
    {
      "exitCode": 0,
      "stderr": "",
      "stdout": "run  0b0f7a52-6c58-4a3e-9d4c-0d4b7a3f5e11  trace 4bf92f3577b34da6a3ce929d0e0e4736
       1 Success criteria  search_agent                      SearchAgent                 420 ms  412→230 tokens  found 4 sources
    ✔  1 Success criteria  done in 1.3 s, 412→230 tokens
    ✖  3 Expanded plan     expansion_evaluation p1-i2 c3     ItemEvaluator             1 min 05 s                  no answer

    Success criteria

      1. Ten volunteers by June
      2. Sixty repairs a month

    Files  http://module1/runs/0b0f7a52-6c58-4a3e-9d4c-0d4b7a3f5e11/artifacts/module1_output.json
    Used   1 model call, 412 tokens in, 230 out, cost unknown (no price for m)
    Run    0b0f7a52-6c58-4a3e-9d4c-0d4b7a3f5e11
    Trace  4bf92f3577b34da6a3ce929d0e0e4736
    → \`pnpm agento trace 4bf92f3577b34da6a3ce929d0e0e4736\` shows how it was made
    ",
    }
  `);
  expect(bodies).toEqual([
    {
      path: '/run',
      accept: 'text/event-stream',
      body: { goal: 'Open a repair café', stop_after: 1, session_id: 's1' },
    },
  ]);
});

test('With --json stdout is the output and nothing else', async () => {
  const { url, bodies } = await serve((_request, response) => {
    stream(response, [...events, { name: 'run.finished', data: { output } }]);
    response.end();
  });
  const { exitCode, stdout, stderr } = await agento(['goal', '-', '--url', url, '--json'], {
    stdin: 'Say "hello"\nin two lines\n',
  });
  expect({ exitCode, output: JSON.parse(stdout) }).toEqual({ exitCode: 0, output });
  expect(stderr).toContain('search_agent');
  expect(bodies).toMatchObject([{ body: { goal: 'Say "hello"\nin two lines' } }]);
});

test('A failed run exits 1 and says what failed, where, and in which trace', async () => {
  const { url } = await serve((_request, response) => {
    stream(response, [{ name: 'run.failed', data: { problem } }]);
    response.end();
  });
  expect(await agento(['goal', 'x', '--url', url])).toMatchInlineSnapshot(`
    {
      "exitCode": 1,
      "stderr": "✖ The model failed (502)
      ItemEvaluator gave no usable answer twice
      module  3 Expanded plan
      step    expansion_evaluation
      agent   ItemEvaluator
      run     0b0f7a52-6c58-4a3e-9d4c-0d4b7a3f5e11
      trace   4bf92f3577b34da6a3ce929d0e0e4736
    → \`pnpm agento trace 4bf92f3577b34da6a3ce929d0e0e4736\` shows where; \`pnpm agento doctor\` checks the model and everything else.
    ",
      "stdout": "",
    }
  `);
  const json = await agento(['goal', 'x', '--url', url, '--json']);
  expect(JSON.parse(json.stdout)).toEqual(problem);
});

test('Input that module 1 refuses exits 2 and names the fields', async () => {
  const { url } = await serve((_request, response) => {
    response.writeHead(400, { 'content-type': 'application/problem+json' });
    response.end(
      JSON.stringify({
        type: 'about:blank',
        title: 'Invalid input',
        status: 400,
        detail: '/session_id: must not have more than 256 characters',
        errors: [{ pointer: '/session_id', detail: 'must not have more than 256 characters' }],
      }),
    );
  });
  expect(await agento(['goal', 'x', '--url', url, '--session-id', 's'])).toEqual({
    exitCode: 2,
    stdout: '',
    stderr: '✖ Invalid input (400)\n' + '  /session_id  must not have more than 256 characters\n',
  });
});

test('A server that is something else exits 3', async () => {
  const { url } = await serve((_request, response) => response.end('<h1>Hello</h1>'));
  const { exitCode, stderr } = await agento(['goal', 'x', '--url', url]);
  expect({ exitCode, stderr }).toEqual({
    exitCode: 3,
    stderr:
      `✖ ${url} answers, but is not module 1.\n` +
      '→ Set --url to module 1; `pnpm agento doctor` checks each module.\n',
  });
});

test('A connection lost in the middle of a run exits 1', async () => {
  const { url } = await serve((_request, response) => {
    stream(response, events);
    response.socket?.end();
  });
  const { exitCode, stderr } = await agento(['goal', 'x', '--url', url]);
  expect(exitCode).toBe(1);
  expect(stderr).toContain('The connection ended before the run did');
});

test('An interruption leaves the connection, which cancels the run, and exits 130', async () => {
  const interrupt = new AbortController();
  let left: Promise<void> = Promise.reject(new Error('nobody came'));
  left.catch(() => {});
  const { url } = await serve((_request, response) => {
    left = new Promise((resolve) => response.once('close', resolve));
    stream(response, events);
    interrupt.abort();
  });
  const { exitCode, stderr } = await agento(['goal', 'x', '--url', url], { interrupted: interrupt.signal });
  await left;
  expect({ exitCode, stderr }).toEqual({ exitCode: 130, stderr: 'interrupted\n' });
});

test('The key goes to the service, and to no address that a redirect names', async () => {
  const keys: (string | undefined)[] = [];
  const other = await serve((request, response) => {
    keys.push(`other ${request.headers.authorization}`);
    response.end();
  });
  const { url } = await serve((request, response) => {
    keys.push(request.headers.authorization);
    response.writeHead(307, { location: `${other.url}/run` }).end();
  });
  const env = { AGENTO_API_KEY: 'key-of-this-caller' };
  expect(await agento(['goal', 'x', '--url', url], { env })).toEqual({
    exitCode: 3,
    stdout: '',
    stderr:
      `✖ ${url} answers 307, a redirect: goal and key are sent only to the given address.\n` +
      '→ Set --url to module 1.\n',
  });
  expect(keys).toEqual(['Bearer key-of-this-caller']);
});

test.each([
  [401, 'Unauthorized', 'Set AGENTO_API_KEY to one of the keys of the service (its AGENTO_API_KEYS).'],
  [
    403,
    'Forbidden',
    'Use a host name in --url that the service accepts, or add this one to its AGENTO_ALLOWED_HOSTS.',
  ],
  [
    421,
    'Misdirected Request',
    'Use a host name in --url that the service accepts, or add this one to its AGENTO_ALLOWED_HOSTS.',
  ],
])('A refusal of %i exits 2 and says what to do, whoever refuses', async (status, title, remedy) => {
  const { url } = await serve((_request, response) => {
    response.writeHead(status, { 'content-type': 'text/html' }).end('<h1>no</h1>');
  });
  expect(await agento(['goal', 'x', '--url', url])).toEqual({
    exitCode: 2,
    stdout: '',
    stderr: `✖ ${title} (${status})\n  ${url} sent this, but is not module 1.\n→ ${remedy}\n`,
  });
});

test('A key that no header can hold, and a URL with a password, are refused without being shown', async () => {
  const wrongKey = await agento(['goal', 'x'], { env: { AGENTO_API_KEY: 'ke\ny-word' } });
  expect(wrongKey).toEqual({
    exitCode: 2,
    stdout: '',
    stderr:
      '✖ AGENTO_API_KEY: each key must have at least 16 characters (letters, digits, . _ ~ + / -), at least 6 of them different\n',
  });
  const wrongUrl = await agento(['goal', 'x', '--url', 'http://me:pass-word@127.0.0.1:3001']);
  expect(wrongUrl.exitCode).toBe(2);
  expect(wrongUrl.stderr).toContain('The URL must not contain a user, password, query or fragment.');
  expect(wrongUrl.stderr).not.toContain('pass-word');
});

test.each([
  ['is no JSON', 'event: step.started\ndata: {\n\n', 'step.started is not JSON'],
  ['lacks fields', 'event: step.started\ndata: {"module":"one"}\n\n', 'step.started lacks required fields'],
  ['never ends', `data: ${'x'.repeat(9 * 1024 * 1024)}`, 'is over 8388608 characters'],
])('An event that %s exits 1', async (_how, sent, why) => {
  const { url } = await serve((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(sent);
  });
  const { exitCode, stderr } = await agento(['goal', 'x', '--url', url]);
  expect(exitCode).toBe(1);
  expect(stderr).toContain(`✖ The run cannot be followed: the event ${why}.\n`);
});

test('A refusal that never ends is read no further than a problem is long', async () => {
  const { url } = await serve((_request, response) => {
    response.writeHead(400, { 'content-type': 'application/problem+json' });
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
      if (!response.destroyed) response.once('drain', more);
    };
    more();
  });
  expect((await agento(['goal', 'x', '--url', url])).exitCode).toBe(3);
});

test('Nothing that a service sends reaches the terminal as a control', async () => {
  const evil = 'a\u001b]0;owned\u0007\u009b2J\u202e\b\r\u007fb';
  const sent: RunEvent[] = [
    { name: 'run.started', data: { run_id: evil, trace_id: evil } },
    { name: 'step.started', data: { module: 1, step: evil, agent_name: evil } },
    {
      name: 'step.finished',
      data: {
        ...{ module: 1, step: evil, agent_name: evil, item_id: evil, summary: evil },
        duration_ms: 1,
        usage: { input_tokens: 0, output_tokens: 0, cost_usd: 0 },
      },
    },
  ];
  const evilOutput = {
    ...output,
    run_id: evil,
    trace_metadata: { ...output.trace_metadata, trace_id: evil },
    selected_criteria: [{ ...output.selected_criteria[0], criteria: evil }],
  };
  const evilProblem = {
    ...problem,
    title: evil,
    detail: evil,
    step: evil,
    agent_name: evil,
    run_id: evil,
    trace_id: evil,
  };
  const endings: RunEvent[] = [
    { name: 'run.finished', data: { output: evilOutput } },
    { name: 'run.failed', data: { problem: evilProblem } },
    { name: 'run.failed', data: { problem: { ...problem, errors: [{ pointer: evil, detail: evil }] } } },
  ];
  for (const ending of endings) {
    for (const more of [[], ['--json']]) {
      const { url } = await serve((_request, response) => {
        stream(response, [...sent, ending]);
        response.end();
      });
      const { stdout, stderr } = await agento(['goal', 'x', '--url', url, ...more]);
      expect(stdout + stderr).not.toMatch(/(?!\n)[\p{Cc}\u202a-\u202e]/u);
      if (more.length > 0)
        expect(JSON.parse(stdout)).toEqual('output' in ending.data ? evilOutput : expect.anything());
    }
  }
});

test.each([
  ['UTF-16', '\ufeffSail', 'utf16le', 'Sail'],
  ['UTF-8 with a byte order mark', '\ufeffSail', 'utf8', 'Sail'],
] as const)('A context in %s is read as text', async (_name, text, encoding, context) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'agento-context-'));
  const file = path.join(folder, 'context.txt');
  await writeFile(file, Buffer.from(text, encoding));
  const { url, bodies } = await serve((_request, response) => response.end());
  await agento(['goal', 'x', '--context', file, '--url', url]);
  expect(bodies).toMatchObject([{ body: { goal: 'x', context } }]);
  await rm(folder, { recursive: true });
});

test('A context without an end, of zeros, and a folder are refused', async () => {
  const refused = async (file: string) => {
    const { exitCode, stderr } = await agento(['goal', 'x', '--context', file]);
    return [exitCode, stderr];
  };
  expect(await refused('/dev/zero')).toEqual([2, '✖ /dev/zero is not UTF-8 text.\n']);
  expect(await refused(tmpdir())).toEqual([
    2,
    `✖ ${tmpdir()} cannot be read: it is a folder, not a file.\n→ Pass a text file with --context, or \`-\` for standard input.\n`,
  ]);
});

test('a run that waits for a person ends well, and the command to decide is printed', async () => {
  const waiting = { run_id: runId, module: 4, requests: 2, usage: output.usage };
  const { url, bodies } = await serve((_request, response) => {
    stream(response, [...events.slice(0, 2), { name: 'run.waiting_for_review', data: waiting }]);
    response.end();
  });
  const { exitCode, stdout } = await agento(['goal', 'Open a repair café', '--review', '--url', url]);
  expect(exitCode).toBe(0);
  expect(bodies).toMatchObject([{ body: { review: 'revisions' } }]);
  expect(stdout).toContain('waits until a person has decided about 2 revision requests');
  expect(stdout).toContain(`agento review ${runId} --url ${url}`);
});
