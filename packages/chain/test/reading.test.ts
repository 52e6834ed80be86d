import type { Module5Output } from '@agento/contracts';
import { type RunReading, readRuns } from '@agento/evidence';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Chain, exporting, startChain } from '../src/chain.ts';
import { post } from '../src/post.ts';

const context = 'We are five volunteers. We have at most 5,000 euros. The café must be open by 1 June.';

describe.runIf(exporting)('what is read from the spans of a run is what the run handed out', () => {
  let chain: Chain;
  let output: Module5Output;
  let run: RunReading;

  beforeAll(async () => {
    chain = await startChain();
    const goal = 'Open a repair café in a small town';
    const answer = await post<Module5Output>(chain.url(1), { goal, context });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    output = answer.body;
    const runs = readRuns(await chain.trace(output.trace_metadata.trace_id));
    expect(runs).toHaveLength(1);
    run = runs[0] as RunReading;
  });
  afterAll(() => chain.stop());

  it('goal, context, outcome, usage, and nothing is missing', () => {
    expect([run.run_id, run.goal.value, run.context]).toEqual([output.run_id, output.goal, context]);
    expect(run.outcome).toBe(output.quality_report.decision === 'publish' ? 'published' : 'held');
    expect(run.score).toBe(output.quality_report.share_met);
    expect(run.usage.all.calls).toBe(output.usage.reduce((sum, { calls }) => sum + calls, 0));
    expect(run.gaps).toEqual([]);
    expect(run.quality?.open_issues).toEqual(output.quality_report.open_issues);
  });

  it('criteria, limits and plans', () => {
    expect(run.criteria.map(({ id, text, reasoning }) => [id, text, reasoning])).toEqual(
      output.success_criteria.map(({ id, criteria, reasoning }) => [id, criteria, reasoning]),
    );
    expect(
      run.criteria
        .filter(({ is_selected }) => is_selected)
        .map(({ id }) => id)
        .sort(),
    ).toEqual(output.selected_criteria.map(({ id }) => id).sort());
    expect(run.constraints.map(({ id, text, quote }) => [id, text, quote])).toEqual(
      output.constraints?.map(({ id, text, quote }) => [id, text, quote]),
    );
    expect(run.plans.map(({ id, title, agent, is_selected }) => [id, title, agent, is_selected])).toEqual(
      output.plan_outlines.map(({ id, plan_title, created_by }) => [
        id,
        plan_title,
        created_by,
        id === output.plan_selection.plan_id,
      ]),
    );
  });

  it('every verdict, with its score and reason', () => {
    const verdicts = run.verdicts.filter(({ kind }) => kind === 'item_criterion');

    expect(
      verdicts
        .map(({ item_id, criterion_id, pass, score, explanation }) => [
          item_id,
          criterion_id,
          pass,
          score,
          explanation,
        ])
        .sort(),
    ).toEqual(
      output.evaluation_results
        .map(({ item_id, criterion_id, result, score, reasoning }) => [
          item_id,
          criterion_id,
          result === 'pass',
          score,
          reasoning,
        ])
        .sort(),
    );
  });

  it('each text of each item, which of them is in the plan, and what became of each suggestion', () => {
    const { plan_items } = output.revised_outline;
    expect(
      run.items.map(({ id, title, texts }) => [
        id,
        title,
        texts.find(({ is_final }) => is_final)?.text.value,
      ]),
    ).toEqual(plan_items.map(({ id, item_title, item_description }) => [id, item_title, item_description]));
    for (const { item_id, original_text, attempts, baseline } of output.revision_results) {
      const texts = run.items.find(({ id }) => id === item_id)?.texts ?? [];
      expect(texts.map(({ text }) => text.value)).toEqual([
        original_text,
        ...attempts.map(({ revised_text }) => revised_text),
      ]);
      expect(texts.slice(1).map(({ id, score, changes }) => [id, score, changes])).toEqual(
        attempts.map(({ id, evaluation, changes }) => [id, evaluation.score, changes]),
      );
      const advised = [baseline, ...attempts.map(({ evaluation }) => evaluation)].flatMap(
        (evaluation) => evaluation?.improvement_suggestions ?? [],
      );
      const own = run.suggestions.filter((suggestion) => suggestion.item_id === item_id);
      expect(own.map(({ id, text }) => [id, text]).sort()).toEqual(
        advised.map(({ id, text }) => [id, text]).sort(),
      );
      const answered = own.filter(({ status }) => status !== null);
      expect(answered.map(({ id, status, evidence }) => [id, status, evidence])).toEqual(
        attempts.flatMap(({ feedback }) =>
          feedback.map(({ suggestion_id, status, evidence }) => [suggestion_id, status, evidence || null]),
        ),
      );
    }
  });

  it('each request, its approval and what that expects', () => {
    const requested = output.item_details.filter(({ revision_request }) => revision_request !== null);

    // They are made side by side, and read in the order in which they began.
    expect(
      run.requests
        .map(({ id, text, targeted_criteria, approval }) => [
          id,
          text,
          targeted_criteria,
          approval?.approved,
          approval?.impacts,
        ])
        .sort(),
    ).toEqual(
      requested
        .map(({ revision_request: request, revision_evaluation: evaluation }) => [
          request?.id,
          request?.revision_request_content,
          request?.targeted_criteria,
          evaluation?.approved,
          evaluation?.impact_assessment,
        ])
        .sort(),
    );
  });

  it('links of which every one leads to a span that is there', () => {
    expect(run.links.length).toBeGreaterThan(100);
    expect(run.links.filter(({ is_found }) => !is_found)).toEqual([]);
  });
});
