import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { findings, type Module5Output, chain as order } from '@agento/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Chain, exporting, startChain } from '../src/chain.ts';
import { post } from '../src/post.ts';

const numbers = order.map(({ number }) => number);

describe('a whole run over all services', () => {
  let chain: Chain;
  let output: Module5Output;

  beforeAll(async () => {
    chain = await startChain();
    const answer = await post<Module5Output>(chain.url(1), { goal: 'Open a repair café in a small town' });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    expect(answer.type).toContain('application/json');
    output = answer.body;
  });
  afterAll(() => chain.stop());

  it('answers with the last module’s output, in the shape of its schema', () => {
    const last = order.at(-1);
    expect(last && findings(last.output, output)).toEqual([]);
    expect(output.trace_metadata.service_name).toBe(`Agento-Module-${last?.number}`);
    expect(output.selected_criteria.length).toBeGreaterThanOrEqual(3);
    expect(output.plan_outlines.map(({ created_by }) => created_by)).toEqual([
      'BalancedPlanner',
      'LeanPlanner',
      'AmbitiousPlanner',
    ]);
    expect(output.evaluation_results).toHaveLength(
      output.expanded_outline.plan_items.length * output.selected_criteria.length,
    );
  });

  it('makes the later modules’ work real: failed verdicts, a rejected revision, a second attempt', () => {
    const approvals = output.item_details.flatMap(
      ({ revision_evaluation }) => revision_evaluation?.approved ?? [],
    );
    expect(output.evaluation_results.some(({ result }) => result === 'fail')).toBe(true);
    expect(output.evaluation_results.some(({ result }) => result === 'pass')).toBe(true);
    expect(approvals).toContain(true);
    expect(approvals).toContain(false);
    expect(output.revision_results.map(({ attempt_count }) => attempt_count)).toContain(2);
  });

  it('quotes evidence that really stands in the attempt it judges', () => {
    const second = output.revision_results.flatMap(({ attempts }) =>
      attempts.filter(({ attempt }) => attempt > 1),
    );
    const feedback = second.flatMap(({ feedback, revised_text }) =>
      feedback.map((entry) => ({ ...entry, found: revised_text.includes(entry.evidence) })),
    );
    expect(feedback.length).toBeGreaterThan(0);
    expect(feedback.filter(({ found }) => !found)).toEqual([]);
  });

  it('leaves each module’s output and the plan as files that only their owner can read', async () => {
    const directory = join(chain.dataDir, 'runs', output.run_id);
    const names = numbers.map((number) => `module${number}_output.json`);
    for (const name of [...names, 'final_plan.json', 'final_plan.md']) {
      const { mode, size } = await stat(join(directory, name));
      expect({ name, mode: (mode & 0o777).toString(8), empty: size === 0 }).toEqual({
        name,
        mode: '600',
        empty: false,
      });
    }
    expect(((await stat(directory)).mode & 0o777).toString(8)).toBe('700');
  });

  it('serves the plan as the artifact its output names, and says whose words it is', async () => {
    const answer = await fetch(`${chain.url(5)}/runs/${output.run_id}/artifacts/${output.final_plan.name}`);
    const document = await answer.text();
    expect(Buffer.byteLength(document)).toBe(output.final_plan.size);
    expect(document).toContain('> Open a repair café in a small town');
    expect(document).toContain('agento.offline');
    for (const { item_title } of output.revised_outline.plan_items) expect(document).toContain(item_title);
  });

  it.runIf(exporting)('lies in one trace of all services in which every span has its parent', async () => {
    const trace = await chain.trace(output.trace_metadata.trace_id);
    const ids = new Set(trace.spans.map(({ span_id }) => span_id));
    const orphans = trace.spans.filter((span) => span.parent_span_id && !ids.has(span.parent_span_id));
    expect(orphans).toEqual([]);
    expect(trace.spans.filter((span) => !span.parent_span_id).map(({ name }) => name)).toEqual(['POST /run']);
    const services = new Set(trace.spans.map(({ resource }) => resource['service.name']));
    expect([...services].sort()).toEqual(numbers.map((number) => `Agento-Module-${number}`));
    for (const service of services) {
      const own = trace.spans.filter(({ resource }) => resource['service.name'] === service);
      expect(own.length).toBeLessThan(100);
    }
  });

  it.runIf(exporting)('has the hop beside run_module_N, never below it', async () => {
    const trace = await chain.trace(output.trace_metadata.trace_id);
    const parentName = (id: string | null | undefined) =>
      trace.spans.find(({ span_id }) => span_id === id)?.name;
    const edges = trace.spans
      .filter(({ name }) => /^(POST|request|run_module)/.test(name))
      .map(
        ({ name, parent_span_id }) => `${parentName(parent_span_id) ?? 'none'} → ${name.replace(/\d$/, 'N')}`,
      );
    expect(
      Object.fromEntries(
        Map.groupBy(edges, (edge) => edge)
          .entries()
          .map(([edge, all]) => [edge, all.length]),
      ),
    ).toEqual({
      'none → POST /run': 1,
      'POST /run → request': order.length,
      'request → run_module_N': order.length,
      'request → POST': order.length - 1,
      'POST → POST /run': order.length - 1,
    });
  });

  it.runIf(!exporting)('makes ids all the same while export is disabled', () => {
    expect(output.trace_metadata.trace_id).toMatch(/^(?!0{32})[0-9a-f]{32}$/);
    expect(output.trace_metadata.root_span_id).toMatch(/^(?!0{16})[0-9a-f]{16}$/);
  });
});
