import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Module5Output } from '@agento/contracts';
import {
  compareRuns,
  type RecordedSpan,
  type RunReading,
  readRuns,
  type Trace,
  totals,
  validate,
} from '@agento/evidence';
import { startOfflineModel } from '@agento/offline-model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Chain, exporting, startChain } from '../src/chain.ts';
import { type PromptMindedModel, startPromptMindedModel } from './prompt-minded-model.ts';
import { choir, fileOf, isChat, keyOf, made, recorded, replay, root } from './replaying.ts';

describe.runIf(exporting)('a replay', () => {
  let chain: Chain;
  let model: PromptMindedModel;
  let offline: Awaited<ReturnType<typeof startOfflineModel>>;
  let first: Awaited<ReturnType<typeof recorded>>;
  let folder: string;
  beforeAll(async () => {
    offline = await startOfflineModel({ host: '127.0.0.1', port: 0, latencyMs: 0 });
    model = await startPromptMindedModel(offline.url);
    chain = await startChain({ modelUrl: model.url });
    folder = await mkdtemp(join(tmpdir(), 'agento-replay-'));
    first = await recorded(chain);
  });
  afterAll(async () => {
    await chain.stop();
    await model.close();
    await offline.close();
    await rm(folder, { recursive: true });
  });

  it('in which nothing is changed makes one call, and yields the same plan', async () => {
    const before = model.asked.length;
    const { code, text, runId, traceId } = await replay(
      chain,
      first.body.run_id,
      '--from',
      'plan_evaluation',
    );

    expect([code, model.asked.slice(before)]).toEqual([0, ['PlanEvaluator']]);
    expect(text).toMatch(
      /^Replay of run \S+\. Figures are those of the recorded calls\.\n {2}Asked anew {2}m2\/plan_evaluation\/PlanEvaluator: 1 model call, \d+ tokens in, \d+ out, cost unknown \(no price for agento-offline-1\)\n {2}Not asked {3}7 calls that did not depend on it\n {2}After it {4}asked anew where the request changes, of \d+ model calls/,
    );
    expect(text.trimEnd().split('\n').at(-1)).toBe(
      `Compare  AGENTO_DATA_DIR=${chain.dataDir} pnpm agento compare ${first.body.run_id} ${runId}`,
    );
    for (const name of ['final_plan.md', 'final_plan.json'])
      expect(await fileOf(chain, runId, name)).toBe(await fileOf(chain, first.body.run_id, name));

    const trace = await chain.trace(traceId);
    expect(validate(trace, { complete: true })).toEqual([]);
    expect(made(trace).map(keyOf)).toEqual(['m2/plan_evaluation/PlanEvaluator']);
    const [original, again] = [first.trace, trace].flatMap(readRuns);
    const comparison = compareRuns(original as RunReading, again as RunReading);
    expect([comparison.is_same, comparison.now.replay?.asked]).toEqual([
      true,
      ['m2/plan_evaluation/PlanEvaluator'],
    ]);
    const all = first.trace.spans.filter(isChat);
    expect(totals(trace)).toMatchObject({ all: { calls: 1 }, replayed: all.length - 1 });
    const byKey = new Map(all.map((span) => [keyOf(span), span.span_id]));
    for (const span of trace.spans.filter((span) => span.attributes['agento.replayed'] === true)) {
      expect(span.links).toMatchObject([
        {
          trace_id: first.trace.trace_id,
          span_id: byKey.get(keyOf(span)),
          attributes: { relationship: 'replayed_from' },
        },
      ]);
    }
    const [begun] = trace.spans.filter(({ name }) => name === 'run_module_1');
    expect(begun?.attributes).toMatchObject({
      'agento.replay.run_id': first.body.run_id,
      'agento.replay.from': ['m2/plan_evaluation/PlanEvaluator'],
      'session.id': choir.session_id,
    });
    const output = JSON.parse(
      await readFile(join(chain.dataDir, 'runs', runId, 'module5_output.json'), 'utf8'),
    ) as Module5Output;
    expect(output.usage.map(({ agent_name, calls }) => [agent_name, calls])).toEqual([['PlanEvaluator', 1]]);
    expect(output).not.toHaveProperty('replay');
  });

  it('of a replay makes one call, too', async () => {
    const { runId } = await replay(chain, first.body.run_id, '--from', 'quality_check');
    const before = model.asked.length;

    const again = await replay(chain, runId, '--from', 'criteria_generation');

    expect([again.code, model.asked.slice(before)]).toEqual([0, ['CriteriaGenerator']]);
  });

  it('in which a prompt is changed makes only the calls that depend on it', async () => {
    const passed = first.trace.spans.find(
      ({ name, attributes }) => name === 'expansion_evaluation' && attributes['agento.verdict.pass'] === true,
    );
    const { 'agento.item.id': item, 'agento.criterion.id': criterion } = passed?.attributes ?? {};
    const plan = String(item).split('-')[0];
    const key = `m3/expansion_evaluation/ItemEvaluator/${plan}/${item}/${criterion}`;
    const prompt = await readFile(join(root, 'services/module3/prompts/item-evaluator.md'), 'utf8');
    const file = join(folder, 'strict-evaluator.md');
    await writeFile(
      file,
      `${prompt.replace(/^version: .*$/m, 'version: 9.0.0-strict')}\n\nGive no score above 20.\n`,
    );
    const before = model.asked.length;

    const { code, text, traceId } = await replay(chain, first.body.run_id, '--from', key, '--prompt', file);

    const trace = await chain.trace(traceId);
    const keys = made(trace).map(keyOf);
    expect([code, keys.length]).toEqual([0, model.asked.length - before]);
    expect(text).toMatch(/\n {2}Changed {5}prompt [0-9a-f]{64}\n/);
    // The verdict failed: its item is looked into and revised, and the whole plan judged again; nothing else is asked.
    const judged = trace.spans.find(({ name, attributes }) => isOf(name, attributes, item, criterion));
    expect(judged?.attributes).toMatchObject({
      'agento.verdict.pass': false,
      'agento.verdict.score': 0.2,
      'agento.prompt.version': '9.0.0-strict',
    });
    expect(keys).toContain(key);
    expect(keys.filter((made) => made.startsWith('m3/'))).toEqual([key]);
    expect(keys).toEqual(
      expect.arrayContaining([expect.stringMatching(`^m4/deficiency_analysis/.*/${item}$`)]),
    );
    expect(
      keys.filter((made) => !made.split('/').includes(String(item)) && !made.startsWith('m5/quality_check/')),
    ).toEqual([]);
    // What depends on it was asked something else; what was not asked again, the same.
    const asked = (trace: Trace) => new Map(trace.spans.filter(isChat).map((span) => [keyOf(span), span]));
    const [old, now] = [asked(first.trace), asked(trace)];
    for (const [key, span] of now) {
      if (span.attributes['agento.replayed'] !== true) continue;
      expect(span.attributes['gen_ai.input.messages']).toBe(
        old.get(key)?.attributes['gen_ai.input.messages'],
      );
    }
    expect(validate(trace, { complete: true })).toEqual([]);
    const changed = trace.spans.find(({ name }) => name === 'run_module_3')?.attributes;
    expect(changed).toMatchObject({ 'agento.replay.changed': ['prompt'], 'agento.replay.from': [key] });
  });

  it('asks the step with the model and the settings it was given, and no other', async () => {
    const options = ['--set', 'temperature=0.2', '--set', 'seed=7', '--set', 'max_tokens=3000'];
    const { code, traceId } = await replay(chain, first.body.run_id, '--from', 'plan_evaluation', ...options);

    const trace = await chain.trace(traceId);
    const [asked] = made(trace);
    expect([code, made(trace).length]).toEqual([0, 1]);
    expect(asked?.attributes).toMatchObject({
      'gen_ai.request.temperature': 0.2,
      'gen_ai.request.seed': 7,
      'gen_ai.request.max_tokens': 3_000,
    });
  });

  it('of a run whose goal holds a secret takes from the journal what the trace does not have', async () => {
    const secret = 'sk-proj-Zq8vX2mN4bK7tR1wY5cJ9hL3dF6gS0aP';
    const { body } = await recorded(chain, {
      context: `${choir.context} The key of our booking page is ${secret}.`,
    });
    const before = model.asked.length;

    const { code, runId, traceId } = await replay(chain, body.run_id, '--from', 'plan_evaluation');

    expect([code, model.asked.slice(before)]).toEqual([0, ['PlanEvaluator']]);
    expect(await fileOf(chain, runId, 'final_plan.md')).toBe(
      await fileOf(chain, body.run_id, 'final_plan.md'),
    );
    const trace = await chain.trace(traceId);
    expect(
      JSON.stringify(trace, (_key, value) => (typeof value === 'bigint' ? String(value) : value)),
    ).not.toContain(secret);
    expect(validate(trace, { complete: true })).toEqual([]);
  });

  it('that is not to be is refused in a sentence, before anything is asked', async () => {
    const [, ...others] = (
      await readFile(join(chain.dataDir, 'traces', `${first.trace.trace_id}.jsonl`), 'utf8')
    )
      .split('\n')
      .filter((line) => line.includes('Agento-Module-1'));
    const cut = join(folder, 'cut.jsonl');
    await writeFile(cut, others.join('\n'));
    const before = model.asked.length;
    const said = async (...given: string[]) => {
      const { code, text } = await replay(chain, ...given);
      return [code, text.split('\n')[0]];
    };
    const run = first.body.run_id;
    const prompt = join(root, 'services/module3/prompts/item-evaluator.md');

    expect(await said(run, '--from', 'plan_assessment')).toEqual([
      2,
      expect.stringMatching(
        /^✖ The run has no step "plan_assessment" that asked a model\. It has search_agent, /,
      ),
    ]);
    expect(await said(run, '--from', 'plan_evaluation', '--prompt', prompt)).toEqual([
      2,
      `✖ ${prompt} is a prompt of ItemEvaluator, and the step is PlanEvaluator's.`,
    ]);
    expect(await said(run, '--from', 'plan_evaluation', '--set', 'top_p=1')).toEqual([
      2,
      '✖ There is no setting "top_p": a step has temperature, seed, max_tokens.',
    ]);
    expect(await said(cut, '--from', 'plan_evaluation')).toEqual([
      2,
      expect.stringMatching(/^✖ The run has not ended/),
    ]);
    expect(model.asked.length).toBe(before);
  });
});

function isOf(name: string, attributes: RecordedSpan['attributes'], item: unknown, criterion: unknown) {
  return (
    name === 'expansion_evaluation' &&
    attributes['agento.item.id'] === item &&
    attributes['agento.criterion.id'] === criterion
  );
}

describe.runIf(exporting)('a replay of a run without content', () => {
  it('is refused, and names the first span that would be needed', async () => {
    const chain = await startChain({
      env: { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'NO_CONTENT' },
    });
    try {
      const { body } = await recorded(chain);
      const { requests } = await chain.model.stats();

      const { code, text } = await replay(chain, body.run_id, '--from', 'plan_evaluation');

      expect([code, text.split('\n')[0]]).toEqual([
        2,
        expect.stringMatching(
          /^✖ The answer to m1\/\S+ cannot be used again, since content was switched off when it was recorded \(span [0-9a-f]{16}, chat agento-offline-1\)\. The same holds for 6 more\. Nor do the services at \S+ have it in the run's journal\. Nothing was asked\.$/,
        ),
      ]);
      expect((await chain.model.stats()).requests).toBe(requests);
    } finally {
      await chain.stop();
    }
  });
});
