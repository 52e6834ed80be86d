import { afterEach, expect, test } from 'vitest';
import { closeAll, runId, type TinyWork, tiny } from './harness.ts';

afterEach(closeAll);

const id = { runId, attempt: 1, module: 1 };
const call = { key: 'k', requestHash: 'h', answer: {}, span: {}, recordedAt: 1 };

/** A run that finished; its process died before the spans of its request were safe. */
async function finishedWithLostSpans(work: TinyWork, recorded: object[]) {
  const made = await tiny(work);
  const { store } = made.service;
  const lost = {
    ...{ trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16), parent_span_id: null, name: 'POST /run' },
    ...{ kind: 1, scope: { name: 'http', version: '' }, started_at: 1, attributes: {}, links: [] },
  };
  const entry = { parent: null, links: [], attributes: {}, continued: false };
  await store.begin({ ...id, input: { goal: 'g', run_id: runId }, origin: { entry, request: [lost] } });
  const lease = await store.claim(id);
  await lease?.append('calls', recorded);
  await lease?.writeFile('module1_output.json', '{"note":"as it was"}');
  await lease?.change({ state: 'finished', notes: { output_of: 1, worked: true } });
  await lease?.end({ settled: false });
  made.executions.takeOver();
  await expect.poll(async () => (await store.part(id))?.settled).toBe(true);
  return made;
}

/** A work that pays for what is not recorded. */
function paying() {
  let paid = 0;
  const work: TinyWork = async (run) => {
    if (run.journal.recall('k', 'h') === null) paid += 1;
    return 'made again';
  };
  return { work, paid: () => paid };
}

test('Evidence that was lost is made again from what was recorded; the output stays as it was.', async () => {
  const { work, paid } = paying();

  const made = await finishedWithLostSpans(work, [call]);

  const names = made.spans().map(({ name, attributes }) => [name, attributes['agento.interrupted']]);
  expect(names).toEqual(
    expect.arrayContaining([
      ['POST /run', true],
      ['run_module_1', undefined],
    ]),
  );
  expect(paid()).toBe(0);
  const kept = await made.service.store.readFile(id, 'module1_output.json');
  expect(Buffer.from(kept ?? []).toString()).toBe('{"note":"as it was"}');
});

test('Evidence that would have to be paid for again stays lost, and the run finished.', async () => {
  const { work, paid } = paying();

  const made = await finishedWithLostSpans(work, []);

  expect(paid()).toBe(0);
  expect((await made.app.inject(`/runs/${runId}`)).json()).toMatchObject({
    state: 'finished',
    executions: 2,
  });
});
