import type { Module1Output } from './modules/module1.ts';
import type { Module5Output } from './modules/module5.ts';

/** Any module's output: each adds to what the one before wrote. */
export type EndOutput = Module1Output & Partial<Module5Output>;

type Judged = Pick<EndOutput, 'quality_report' | 'revision_results'>;

/**
 * How a run ended, in a few lines: `published: {title}`, the figures of its quality check, and what that says in words.
 * It contains what a model wrote.
 */
export function outcomeText(output: EndOutput): string {
  const { quality_report: report, selected_criteria: criteria } = output;
  const plan = output.revised_outline ?? output.expanded_outline ?? output.selected_outline;
  const ended = !report ? 'stopped as asked' : report.decision === 'publish' ? 'published' : 'held back';
  const lines = [`${ended}: ${plan ? plan.plan_title : `${criteria.length} success criteria`}`];
  if (report) lines.push(qualityFigures(output).join('; '), report.summary);
  return lines.filter((line) => line !== '').join('\n');
}

/** What the quality check counted: `4 of 5 criteria met by the plan as a whole`, …; none without such a check. */
export function qualityFigures({
  quality_report: report,
  revision_results: revisions = [],
}: Judged): string[] {
  if (!report) return [];
  const { criteria, constraints, share_met } = report;
  const kept = revisions.filter(({ accepted_attempt }) => accepted_attempt !== null).length;
  const judged =
    share_met === null
      ? ['not judged as a whole']
      : [
          `${count(criteria, 'fully_met')} of ${criteria.length} criteria met by the plan as a whole`,
          ...(constraints.length === 0
            ? []
            : [
                `${count(constraints, 'kept')} of ${constraints.length} constraints shown to be kept, ${count(constraints, 'broken')} broken`,
              ]),
        ];
  return [...judged, `${kept} of ${revisions.length} revisions kept`];
}

function count<T extends { status: string }>(entries: T[], wanted: string): number {
  return entries.filter(({ status }) => status === wanted).length;
}
