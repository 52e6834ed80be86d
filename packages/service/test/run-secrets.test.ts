import { redactText } from '@agento/tracing';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { closeAll, type Tiny, tiny } from './harness.ts';

afterEach(closeAll);

const marker = '***REDACTED***';
const secret = 'hunter2hunter2';

function post({ app }: Tiny, payload: object, query = '') {
  const headers = { 'content-type': 'application/json' };
  return app.inject({ method: 'POST', url: `/run${query}`, headers, payload });
}

describe('A secret in the input of a run', () => {
  test('is removed wherever it comes up bare in what the run exports, the request’s own spans included.', async () => {
    const made = await tiny(async () => `Write ${secret} on the wall.`);

    const url = `${await made.listen()}?note=${secret}`;
    const body = JSON.stringify({ goal: `Log in with password=${secret}` });
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(url, { method: 'POST', headers, body });

    // What the caller gets is the user's own data.
    expect(await response.json()).toMatchObject({ note: `Write ${secret} on the wall.` });
    await vi.waitFor(() => expect(made.spans().map(({ kind }) => kind)).toContain('SERVER'));
    const exported = JSON.stringify(made.spans());
    expect(made.spans().map(({ name }) => name)).toEqual(
      expect.arrayContaining(['final_assembly', 'run_module_1', 'request']),
    );
    expect(exported).toContain(`Write ${marker} on the wall.`);
    expect(exported).toContain(`note=${marker}`);
    expect(exported).not.toContain(secret);
  });

  test('is removed from the problem of the run, and from what is logged within it.', async () => {
    let logged = '';
    const made = await tiny(async () => {
      logged = redactText(`The door said ${secret}`);
      throw new Error(`The door said ${secret}`);
    });

    const response = await post(made, { goal: 'Open it', context: `password=${secret}` }, `?note=${secret}`);

    expect(response.statusCode).toBe(500);
    expect(logged).toBe(`The door said ${marker}`);
    expect(JSON.stringify(made.spans())).toContain(`The door said ${marker}`);
    expect(JSON.stringify(made.spans()) + response.payload).not.toContain(secret);
  });

  test('stays where another run says the same, at the same time or later.', async () => {
    const second = Promise.withResolvers<void>();
    const made = await tiny(async (_run, { goal }) => {
      if (goal.startsWith('Log in')) await second.promise;
      return `${secret}, says ${goal}`;
    });

    const first = post(made, { goal: `Log in with password=${secret}` });
    await post(made, { goal: 'the other' });
    second.resolve();
    await first;
    await post(made, { goal: 'the third' });

    const texts = JSON.stringify(made.spans());
    expect(texts).toContain(`${secret}, says the other`);
    expect(texts).toContain(`${secret}, says the third`);
    expect(texts).toContain(`${marker}, says Log in with password=${marker}`);
    expect(texts).not.toContain(`${secret}, says Log in`);
  });
});
