import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Module5Output, chain as order } from '@agento/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Chain, exporting, startChain } from '../src/chain.ts';
import { post } from '../src/post.ts';
import { textsUnder } from '../src/texts-under.ts';

const [callerKey, hopKey] = ['key-of-the-tests-caller', 'key-between-the-modules'];
const withKey = { authorization: `Bearer ${callerKey}` };

const numbers = order.map(({ number }) => number);

describe('all modules with keys', () => {
  let chain: Chain;
  let first: Module5Output;
  beforeAll(async () => {
    chain = await startChain({ env: { AGENTO_API_KEYS: callerKey, AGENTO_HOP_KEY: hopKey } });
    first = (await post<Module5Output>(chain.url(1), { goal: 'Found a choir' }, withKey)).body;
  });
  afterAll(() => chain.stop());

  const folder = () => join(chain.dataDir, 'runs', first.run_id);
  const contents = async () =>
    Object.fromEntries(
      await Promise.all(
        (await readdir(folder(), { withFileTypes: true }))
          .filter((entry) => entry.isFile() && !entry.name.startsWith('.begun'))
          .map(async ({ name }) => [name, await readFile(join(folder(), name), 'utf8')] as const),
      ),
    );

  it('take a run from whoever has one, and hand it on with their own', () => {
    expect(first).toMatchObject({ run_attempt: 1, final_plan: { name: 'final_plan.md' } });
  });

  it('refuse everybody else, at every module', async () => {
    const answers = await Promise.all(
      numbers.map((number) => post(chain.url(number), { goal: 'Found a choir' })),
    );
    expect(answers.map(({ status }) => status)).toEqual(numbers.map(() => 401));
  });

  it('take an output that is sent in once more as a new attempt, and overwrite nothing', async () => {
    const before = await contents();
    const again = await post<Module5Output>(chain.url(3), before['module2_output.json'], withKey);

    expect(again).toMatchObject({ status: 200, body: { run_id: first.run_id, run_attempt: 2 } });
    expect(await contents()).toEqual(before);
    const written = Object.keys(before).filter((name) => !/^module[12]_/.test(name));
    expect(written).toEqual(expect.arrayContaining(['final_plan.json', 'final_plan.md']));
    expect(written).toEqual(
      expect.arrayContaining(numbers.slice(2).map((number) => `module${number}_output.json`)),
    );
    expect((await readdir(join(folder(), 'attempts', '2'))).sort()).toEqual([...written, 'journal'].sort());
    const plan = await fetch(`${chain.url(5)}/runs/${first.run_id}/attempts/2/artifacts/final_plan.md`, {
      headers: withKey,
    });
    expect([plan.status, (await plan.text()).includes('\n# ')]).toEqual([200, true]);
    if (!exporting) return;
    // Module 3 ends last, and each module exports when it has ended.
    const trace = await chain.trace(
      first.trace_metadata.trace_id,
      ({ spans }) =>
        spans.filter(({ name }) => /^run_module_\d$/.test(name)).length === 2 + 2 * (order.length - 2),
    );
    const attempts = (module: number) =>
      trace.spans
        .filter(({ name }) => name === `run_module_${module}`)
        .map(({ attributes }) => attributes['agento.run.attempt'])
        .sort();
    expect(numbers.map(attempts)).toEqual(numbers.map((number) => (number < 3 ? [1] : [1, 2])));
  });

  it('answer a goal with the id of that run with 409', async () => {
    const answer = await post(chain.url(1), { goal: 'Found a choir', run_id: first.run_id }, withKey);
    expect(answer).toMatchObject({ status: 409, body: { type: 'urn:agento:problem:conflict' } });
  });

  it('write no key anywhere', async () => {
    const texts = await textsUnder(chain.dataDir);
    const logs = numbers.map((number) => chain.service(number).log());
    for (const key of [callerKey, hopKey]) expect([...texts, ...logs].join('\n')).not.toContain(key);
  });
});
