import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { openEventStream } from '../src/event-stream.ts';
import { closeAll, nextModule, type Tiny, type TinyWork, tiny } from './harness.ts';

afterEach(closeAll);

const runId = '0b0e3c1a-7f43-4b3d-9c55-0c7f1f6f2a11';
const output = { goal: 'g', run_id: runId };

function post({ app }: Tiny, payload: object, headers: Record<string, string> = {}) {
  return app.inject({
    method: 'POST',
    url: '/run',
    headers: { 'content-type': 'application/json', ...headers },
    payload,
  });
}

/** A work that tells its calls apart. */
function counting(): TinyWork {
  let calls = 0;
  return async () => {
    calls += 1;
    return `note ${calls}`;
  };
}

const filesOf = async ({ dataDir }: Tiny) =>
  (await readdir(join(dataDir, 'runs', runId), { recursive: true }))
    .filter((name) => /\.\w+$/.test(name) && !name.includes('journal'))
    .sort();
const noteIn = async ({ dataDir }: Tiny, folder: string) =>
  readFile(join(dataDir, 'runs', runId, folder, 'final_plan.md'), 'utf8');

describe('A goal', () => {
  test('with the id of a run that exists is a 409 that says what to do, and leaves the run as it is.', async () => {
    const made = await tiny(counting());
    await post(made, output);

    const again = await post(made, { ...output, run_id: runId.toUpperCase() });

    expect([again.statusCode, again.json()]).toMatchObject([
      409,
      {
        type: 'urn:agento:problem:conflict',
        detail: `The run ${runId} already exists: use another run_id, or none; to continue that run, post one of its outputs to the next module`,
      },
    ]);
    expect(await noteIn(made, '')).toBe('note 1');
    expect(made.executions.load().working).toBe(0);
  });

  test.each(['module1_output.json', '.begun-1-module1'])(
    'with the id of a run that another version has left (%s) is one as well.',
    async (file) => {
      const made = await tiny(counting());
      const folder = join(made.dataDir, 'runs', runId);
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, file), '');

      expect((await post(made, output)).statusCode).toBe(409);
    },
  );

  test('with the id of a run whose folder holds no part begins it.', async () => {
    const made = await tiny(counting());
    await mkdir(join(made.dataDir, 'runs', runId), { recursive: true });

    expect((await post(made, output)).statusCode).toBe(200);
  });

  test('that is posted twice at the same time runs once, also in two processes.', async () => {
    const first = await tiny(counting());
    const second = await tiny(counting(), { dataDir: first.dataDir });

    const answers = await Promise.all([first, first, second, second].map((made) => post(made, output)));

    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 409, 409, 409]);
  });

  test('is of attempt 1, whatever a header says.', async () => {
    const response = await post(await tiny(counting()), output, { 'agento-run-attempt': '7' });

    expect(response.json().run_attempt).toBe(1);
  });
});

describe('An output that is fed in', () => {
  test('overwrites nothing of an earlier version where the folder of attempts cannot be read.', async () => {
    const made = await tiny(counting(), { module: 2 });
    const folder = join(made.dataDir, 'runs', runId);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'module2_output.json'), 'of an earlier version');
    await writeFile(join(folder, 'attempts'), 'no folder');

    expect((await post(made, output)).statusCode).toBe(503);
    expect(await readFile(join(folder, 'module2_output.json'), 'utf8')).toBe('of an earlier version');
  });

  test('is the first free attempt where somebody has taken the last.', async () => {
    const made = await tiny(counting(), { module: 2 });
    await post(made, output);
    await post(made, output, { 'agento-run-attempt': '9999' });

    expect((await post(made, output)).json().run_attempt).toBe(2);
  });

  test('goes on in its own attempt at first, and is a new one from then on; nothing is overwritten.', async () => {
    const made = await tiny(counting(), { module: 2 });

    const attempts = [];
    for (let time = 0; time < 3; time += 1) attempts.push((await post(made, output)).json().run_attempt);

    expect(attempts).toEqual([1, 2, 3]);
    expect(await filesOf(made)).toEqual([
      'attempts/2/final_plan.md',
      'attempts/2/module2_output.json',
      'attempts/3/final_plan.md',
      'attempts/3/module2_output.json',
      'final_plan.md',
      'module2_output.json',
    ]);
    expect([
      await noteIn(made, ''),
      await noteIn(made, 'attempts/2'),
      await noteIn(made, 'attempts/3'),
    ]).toEqual(['note 1', 'note 2', 'note 3']);
  });

  test('carries its number into the trace and into its files.', async () => {
    const made = await tiny(counting(), { module: 2 });
    await post(made, output);
    const before = made.spans().length;
    await post(made, output);

    const own = made.spans().filter(({ name }) => !/^(request|POST \/run)$/.test(name));
    const numbers = own.map(({ attributes }) => attributes['agento.run.attempt']);
    expect(new Set(numbers)).toEqual(new Set([1, 2]));
    expect(numbers.slice(before)).not.toContain(1);
    const file = join(made.dataDir, 'runs', runId, 'attempts/2/module2_output.json');
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ run_attempt: 2 });
  });

  test('of a later attempt goes on in that one, where nothing after it has begun.', async () => {
    const second = await tiny(counting(), { module: 2 });
    const third = await tiny(counting(), { module: 3, dataDir: second.dataDir });
    await post(second, output);
    await post(third, output);
    const again = (await post(second, output)).json();

    expect(again.run_attempt).toBe(2);
    expect((await post(third, again)).json().run_attempt).toBe(2);
    expect((await post(third, again)).json().run_attempt).toBe(3);
    expect((await post(third, output)).json().run_attempt).toBe(4);
    expect((await post(second, again)).json().run_attempt).toBe(5);
  });

  test('after a failure is a new attempt: the one that failed has its own spans.', async () => {
    let fails = true;
    const made = await tiny(
      async () => {
        if (fails) throw new Error('broken');
        return 'mended';
      },
      { module: 2 },
    );
    expect((await post(made, output)).statusCode).toBe(500);
    fails = false;

    expect((await post(made, output)).json().run_attempt).toBe(2);
  });

  test('beside files of a version that noted no attempts leaves them as they are.', async () => {
    const made = await tiny(counting(), { module: 2 });
    const folder = join(made.dataDir, 'runs', runId);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'module3_output.json'), 'kept');

    expect((await post(made, output)).json().run_attempt).toBe(2);
    expect(await readFile(join(folder, 'module3_output.json'), 'utf8')).toBe('kept');
    expect(await filesOf(made)).not.toContain('module2_output.json');
  });

  test('in two processes at the same time is two attempts.', async () => {
    const one = await tiny(counting(), { module: 2 });
    const others = await Promise.all(
      [1, 2, 3].map(() => tiny(counting(), { module: 2, dataDir: one.dataDir })),
    );

    const answers = await Promise.all([one, ...others].map((made) => post(made, output)));

    expect(answers.map((answer) => answer.json().run_attempt).sort()).toEqual([1, 2, 3, 4]);
  });

  test('while the run is under way in the module is a 409.', async () => {
    const gate = Promise.withResolvers<string>();
    const made = await tiny(() => gate.promise, { module: 2 });
    const first = post(made, output);
    await expect.poll(() => made.executions.load().working).toBe(1);

    expect((await post(made, output)).statusCode).toBe(409);
    gate.resolve('done');
    expect((await first).statusCode).toBe(200);
  });
});

describe('An output that the module before hands on', () => {
  test('is in the attempt that it says; handed on again, it is followed.', async () => {
    const made = await tiny(counting(), { module: 2 });
    const handed = (attempt: string) => post(made, output, { 'agento-run-attempt': attempt });

    expect((await handed('2')).json().run_attempt).toBe(2);
    expect((await handed('1')).json().run_attempt).toBe(1);
    const again = await handed('2');

    expect([again.statusCode, again.json()]).toMatchObject([200, { run_attempt: 2, note: 'note 1' }]);
    const followed = made.spans().filter(({ attributes }) => attributes['agento.followed'] !== undefined);
    expect(followed.map(({ name }) => name)).toContain('request');
    expect(await filesOf(made)).toContain('attempts/2/final_plan.md');
  });

  test.each(['0', '-1', '1.5', 'one', '10000', '', '1, 2'])(
    'in no attempt but %j is 400.',
    async (attempt) => {
      const made = await tiny(counting(), { module: 2 });

      expect((await post(made, output, { 'agento-run-attempt': attempt })).json()).toMatchObject({
        status: 400,
        detail: 'agento-run-attempt must be a whole number from 1 to 9999',
      });
    },
  );

  test('goes to the next module with the number of its attempt.', async () => {
    const got: unknown[] = [];
    const next = await nextModule((response, request, body) => {
      got.push([request.headers['agento-run-attempt'], JSON.parse(body).run_attempt]);
      const stream = openEventStream(response);
      stream.send('run.finished', '{"output":{},"module":2}');
      stream.end();
    });
    const made = await tiny(counting(), { module: 2, nextUrl: next.replace(/\/run$/, '') });

    await post(made, output);
    await post(made, output);

    expect(got).toEqual([
      ['1', 1],
      ['2', 2],
    ]);
  });
});

test('The files of an attempt are given by its number.', async () => {
  const made = await tiny(counting(), { module: 2 });
  await post(made, output);
  await post(made, output);
  const plan = async (path: string) => {
    const { statusCode, payload } = await made.app.inject(`/runs/${runId}/${path}artifacts/final_plan.md`);
    return statusCode === 200 ? payload : statusCode;
  };

  expect(
    await Promise.all(['', 'attempts/1/', 'attempts/2/', 'attempts/3/', 'attempts/0/'].map(plan)),
  ).toEqual(['note 1', 'note 1', 'note 2', 404, 400]);
});
