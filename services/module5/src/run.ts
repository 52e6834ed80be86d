import { type Run, sideBySide } from '@agento/agent';
import { type Module5Adds, type Module5Input, schemaVersion } from '@agento/contracts';
import { describeFile, type RunFile, type Work } from '@agento/service';
import { assemble } from './assembly.ts';
import { finalPlanDocument } from './document.ts';
import { checkQuality } from './quality.ts';
import { applyReview } from './review.ts';
import { revise } from './revise.ts';
import { revisionsOf } from './revision.ts';

/** Has people's decisions hold; carries out, judges and if necessary refines every approved revision; then assembles and judges the whole plan. */
export async function run(given: Module5Input, run: Run): Promise<Work<Module5Adds>> {
  const { details, links } = await applyReview(run, given);
  const input = { ...given, item_details: details };
  const results = await sideBySide(run, revisionsOf(input, links), (revision, run) => revise(run, revision));
  const assembly = await assemble(run, input, results);
  const report = await checkQuality(run, input, assembly);
  const plan = {
    revision_results: results,
    revised_outline: assembly.outline,
    criteria_fulfillment_summary: assembly.fulfillment,
    quality_report: report,
  };
  const usage = [
    ...(input.usage ?? []).filter(({ module }) => module < run.module.number),
    ...run.ledger.entries(),
  ];
  const files: RunFile[] = [
    {
      name: 'final_plan.md',
      media_type: 'text/markdown',
      content: finalPlanDocument({
        ...input,
        ...plan,
        usage,
        run_id: run.id,
        trace_id: assembly.reference.trace_id,
      }),
    },
    {
      name: 'final_plan.json',
      media_type: 'application/json',
      content: JSON.stringify(
        {
          schema_version: schemaVersion,
          run_id: run.id,
          goal: input.goal,
          ...(input.constraints && { constraints: input.constraints }),
          criteria: input.selected_criteria,
          ...(input.human_review && { human_review: input.human_review }),
          ...plan,
        },
        null,
        2,
      ),
    },
  ];
  const [document] = files.map(describeFile);
  if (!document) throw new Error('The final plan has no document');
  return { adds: { ...plan, final_plan: document }, files };
}
