import type { Module5Output, RunResource } from '@agento/contracts';
import { validate } from '@agento/evidence';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Chain, eventually, exporting, startChain } from '../src/chain.ts';
import { allEvents, post } from '../src/post.ts';

describe('a model that fails', () => {
  let chain: Chain;
  beforeAll(async () => {
    chain = await startChain({ env: { AGENTO_LLM_TIMEOUT_MS: '5000', AGENTO_LLM_RETRIES: '1' } });
  });
  afterAll(() => chain.stop());

  const faults: [string, string, string, number, string][] = [
    ['answers 500', '[[fault:SearchAgent:500]]', 'search_agent', 502, 'urn:agento:problem:model-failed'],
    ['stalls', '[[fault:PlanEvaluator:stall]]', 'plan_evaluation', 504, 'urn:agento:problem:out-of-time'],
    [
      'stalls in its answer',
      '[[fault:CriteriaAssessor:stall-body]]',
      'deficiency_analysis',
      504,
      'urn:agento:problem:out-of-time',
    ],
    [
      'sends cut JSON',
      '[[fault:ItemEvaluator:cut]]',
      'expansion_evaluation',
      502,
      'urn:agento:problem:model-failed',
    ],
    [
      'sends wrong JSON',
      '[[fault:CriteriaEvaluator:wrong]]',
      'criteria_evaluation',
      502,
      'urn:agento:problem:model-failed',
    ],
    [
      'declines',
      '[[fault:CriteriaGenerator:refusal]]',
      'criteria_generation',
      502,
      'urn:agento:problem:model-failed',
    ],
    [
      'closes the connection',
      '[[fault:LeanPlanner:close]]',
      'plan_generation',
      502,
      'urn:agento:problem:model-failed',
    ],
  ];

  it.each(faults)(
    'ends the run where it %s, and says which step',
    async (_what, marker, step, status, type) => {
      const answer = await post(chain.url(1), { goal: `Plant a school garden ${marker}` });
      expect(answer.type).toContain('application/problem+json');
      expect(answer).toMatchObject({ status, body: { type, status, step } });
      expect(answer.body.trace_id).toMatch(/^[0-9a-f]{32}$/);
      if (!exporting) return;
      const trace = await chain.trace(
        String(answer.body.trace_id),
        ({ spans }) =>
          spans.some(({ name, parent_span_id }) => name === 'POST /run' && !parent_span_id) &&
          spans.some(({ span_id }) => span_id === answer.body.span_id),
      );
      const failed = trace.spans.find(({ span_id }) => span_id === answer.body.span_id);
      expect(failed).toMatchObject({ name: step, status: { code: 'ERROR' } });
      expect(failed?.attributes['agent.name']).toBe(answer.body.agent_name);
      const server = trace.spans.find(({ name, parent_span_id }) => name === 'POST /run' && !parent_span_id);
      expect(server?.status.code).toBe('ERROR');
    },
  );

  it('that cannot judge the whole plan loses nothing else: the plan is held, and says why', async () => {
    const answer = await post<Module5Output>(chain.url(1), {
      goal: 'Plant a school garden [[fault:QualityChecker:wrong]]',
    });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    const { quality_report: report, selected_criteria, final_plan } = answer.body;
    expect(report).toMatchObject({ decision: 'hold', share_met: null });
    expect(report.criteria.map(({ status }) => status)).toEqual(selected_criteria.map(() => 'not_judged'));
    expect(final_plan.name).toBe('final_plan.md');
    if (!exporting) return;
    const trace = await chain.trace(answer.body.trace_metadata.trace_id);
    expect(trace.spans.find(({ name }) => name === 'quality_check')?.status.code).toBe('ERROR');
    expect(validate(trace, { complete: true })).toEqual([]);
  });

  it('is asked once more when its answer is of no use, and the run goes on', async () => {
    const answer = await post(chain.url(1), { goal: 'Plant a school garden [[fault:ItemExpander:wrong:1]]' });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  });

  it('is asked again when it is busy, after as long as it says', async () => {
    const answer = await post(chain.url(1), {
      goal: 'Plant a school garden [[fault:SearchAgent:429:1]]',
      stop_after: 1,
    });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    if (!exporting) return;
    const { trace_metadata } = answer.body as { trace_metadata: { trace_id: string } };
    const trace = await chain.trace(trace_metadata.trace_id);
    const retries = trace.spans.flatMap(({ events }) =>
      events.filter(({ name }) => name === 'agento.llm.retry'),
    );
    expect(retries.map(({ attributes }) => attributes)).toEqual([
      { attempt: 1, status: 429, error: 'RateLimitError', delay_ms: 1_000 },
    ]);
  });

  it('is asked in JSON mode when it does not know schemas', async () => {
    const answer = await post(chain.url(1), {
      goal: 'Plant a school garden [[fault:*:no-schema]]',
      stop_after: 2,
    });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  });

  it('ends a stream with one run.failed that holds the problem', async () => {
    const events = await allEvents(chain.url(1), {
      goal: 'Plant a school garden [[fault:PlanEvaluator:500]]',
    });
    expect(events.at(-1)).toMatchObject({
      name: 'run.failed',
      data: { problem: { status: 502, module: 2, step: 'plan_evaluation', agent_name: 'PlanEvaluator' } },
    });
    expect(events.filter(({ name }) => /^run\.(failed|finished)$/.test(name))).toHaveLength(1);
  });
});

describe('a module that is gone', () => {
  it('makes the run fail with 502 that names it, and says how to go on from what was done before it', async () => {
    const chain = await startChain({ modules: [1, 2], env: { AGENTO_HOP_WAIT_MS: '0' } });
    try {
      chain.service(2).process.kill('SIGKILL');
      const answer = await post(chain.url(1), { goal: 'Plant a school garden' });
      expect(answer).toMatchObject({
        status: 502,
        body: {
          type: 'urn:agento:problem:next-module-failed',
          detail: expect.stringMatching(
            /^Module 2 could not be reached\. To go on once it is back: POST \/runs\/\S+\/resume$/,
          ),
          module: 2,
        },
      });
      const kept = await fetch(`${chain.url(1)}/runs/${answer.body.run_id}/artifacts/module1_output.json`);
      expect(kept.status).toBe(200);

      // As the problem says.
      await chain.restart(2);
      const run = `${chain.url(1)}/runs/${answer.body.run_id}`;
      expect((await fetch(`${run}/resume`, { method: 'POST' })).status).toBe(202);
      await eventually(async () => {
        const { state } = (await (await fetch(run)).json()) as { state: string };
        return state === 'finished' || null;
      }, 'the end of the run');
    } finally {
      await chain.stop();
    }
  });
});

describe('a run that is cancelled while a later module works', () => {
  it('ends there as well, and every span above says so', async () => {
    const chain = await startChain({ modules: [1, 2], latencyMs: 300 });
    try {
      const headers = { 'content-type': 'application/json', prefer: 'respond-async' };
      const body = JSON.stringify({ goal: 'Plant a school garden' });
      const posted = await fetch(`${chain.url(1)}/run`, { method: 'POST', headers, body });
      const { run_id } = (await posted.json()) as RunResource;
      const run = async (module: number) =>
        (await (await fetch(`${chain.url(module)}/runs/${run_id}`)).json()) as RunResource;
      const until = (module: number, wanted: RunResource['state']) =>
        eventually(async () => {
          const now = await run(module);
          return now.state === wanted ? now : null;
        }, `module ${module}: ${wanted}`);
      await until(2, 'running');

      await fetch(`${chain.url(1)}/runs/${run_id}`, { method: 'DELETE' });

      await until(2, 'cancelled');
      const { trace_id = '' } = await until(1, 'cancelled');
      if (!exporting) return;
      await eventually(async () => {
        const findings = validate(await chain.trace(trace_id, () => true), { complete: false });
        if (findings.length > 0) throw new Error(JSON.stringify(findings));
        return findings;
      }, 'a trace without findings');
    } finally {
      await chain.stop();
    }
  });
});
