import { afterEach, describe, expect, test } from 'vitest';
import { bounded, errorFields } from '../src/bounded.ts';
import { badInput, problem, writeProblem } from '../src/problem.ts';
import { closeAll, tiny } from './harness.ts';

afterEach(closeAll);

test('A problem is a few kB, whatever it is made of.', () => {
  const long = '-----BEGIN PRIVATE KEY-----'.repeat(10_000);
  const findings = Array.from({ length: 1_000 }, () => ({ pointer: `/${long}`, detail: long }));

  for (const made of [
    problem('bad-input', 400, long, { instance: long, errors: findings }),
    badInput(findings).problem,
    bounded({ type: long, title: long, status: 500, detail: long }),
  ]) {
    expect(writeProblem(made).length).toBeLessThan(16_000);
  }
  expect(badInput(findings).message.length).toBeLessThan(2_100);
});

test('An error in a log line is a few kB, with what caused it and without what hangs on it.', () => {
  const cause = Object.assign(new Error('y'.repeat(100_000)), {
    code: 'ECONNRESET',
    body: 'z'.repeat(100_000),
  });
  const error = new TypeError('x'.repeat(100_000), { cause });

  const fields = errorFields(error);

  expect(fields).toMatchObject({ type: 'TypeError', cause: { type: 'Error', code: 'ECONNRESET' } });
  expect(fields.stack).toContain('bounded.test.ts');
  expect(JSON.stringify(fields).length).toBeLessThan(12_000);
  expect(errorFields('thrown as text')).toEqual({ type: 'string', message: 'thrown as text', stack: '' });
});

describe('The address of a request', () => {
  test('stands in a problem without its query, and cut.', async () => {
    const { app } = await tiny(async () => 'Rent a room.');

    const response = await app.inject(`/${'nowhere/'.repeat(1_000)}?token=hunter2hunter2`);

    expect(response.payload.length).toBeLessThan(1_500);
    expect(response.payload).not.toContain('hunter2');
    const run = await app.inject({ method: 'POST', url: '/run?token=hunter2hunter2', payload: {} });
    expect([run.statusCode, run.json().instance]).toEqual([400, '/run']);
  });
});
