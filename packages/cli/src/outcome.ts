import { existsSync } from 'node:fs';
import path from 'node:path';
import {
  demonstrationNotice,
  isDemonstration,
  type Module1Output,
  type Module5Output,
  usageText,
  uuidPattern,
} from '@agento/contracts';
import { traceCommand } from './invocation.ts';
import { oneLine, type Style } from './terminal.ts';

/** Any module's output: each adds to what the one before wrote. */
export type AnyOutput = Module1Output & Partial<Module5Output>;

/** Where to find the run's files. */
export interface Whereabouts {
  /** Module 1's address. */
  url: string;
  dataDir: string;
  /** Whether the embedded receiver keeps the trace there, as far as is known here. */
  traced: boolean;
}

/** The result of a run: the plan (or what exists of it), its judgement, where everything is. */
export function renderOutcome(output: AnyOutput, where: Whereabouts, style: Style): string {
  const plan = output.revised_outline ?? output.expanded_outline ?? output.selected_outline;
  const items = plan
    ? plan.plan_items.map((item) => item.item_title)
    : output.selected_criteria.map((criterion) => criterion.criteria);
  const traceId = oneLine(output.trace_metadata.trace_id);
  const lines = [
    '',
    ...(isDemonstration(output.usage) ? [style.yellow(demonstrationNotice)] : []),
    style.bold(oneLine(plan ? plan.plan_title : 'Success criteria')),
    ...(plan ? [oneLine(plan.plan_description)] : []),
    '',
    ...items.map((item, index) => `${String(index + 1).padStart(3)}. ${oneLine(item)}`),
    '',
    ...judgement(output, style),
    ...files(output, where, style),
    `${style.dim('Used ')}  ${oneLine(usageText(output.usage))}`,
    `${style.dim('Run  ')}  ${oneLine(output.run_id)}`,
    `${style.dim('Trace')}  ${style.bold(traceId)}`,
    ...(where.traced
      ? [`${style.dim('→')} \`${traceCommand(where.dataDir, traceId)}\` shows how it was made`]
      : []),
  ];
  return `${lines.join('\n')}\n`;
}

function judgement(output: AnyOutput, style: Style): string[] {
  const { quality_report: report, revision_results: revisions } = output;
  if (!report) return [];
  const count = <T extends { status: string }>(entries: T[], wanted: string) =>
    entries.filter(({ status }) => status === wanted).length;
  const { criteria, constraints } = report;
  const decision = report.decision === 'publish' ? style.green('published') : style.yellow('held back');
  const limits =
    constraints.length === 0
      ? []
      : [
          `${count(constraints, 'kept')} of ${constraints.length} constraints shown to be kept, ${count(constraints, 'broken')} broken`,
        ];
  const kept = revisions?.filter(({ accepted_attempt }) => accepted_attempt !== null).length ?? 0;
  const figures = [
    ...(report.share_met === null
      ? ['not judged as a whole']
      : [
          `${count(criteria, 'fully_met')} of ${criteria.length} criteria met by the plan as a whole`,
          ...limits,
        ]),
    `${kept} of ${revisions?.length ?? 0} revisions kept`,
  ];
  return [
    `Plan ${decision}: ${figures.join('; ')}`,
    ...(report.summary ? [oneLine(report.summary)] : []),
    ...report.open_issues.map((issue) => `  ${style.yellow('open issue')}  ${oneLine(issue)}`),
    '',
  ];
}

/** The folder where it is on this machine, else the address module 1 serves its files under. */
function files({ run_id, final_plan }: AnyOutput, { url, dataDir }: Whereabouts, style: Style): string[] {
  // A foreign server may send an id that points outside the folder.
  if (!new RegExp(uuidPattern).test(run_id)) return [];
  const folder = path.join(dataDir, 'runs', run_id);
  if (!existsSync(folder))
    return [`${style.dim('Files')}  ${url}/runs/${run_id}/artifacts/module1_output.json`];
  const lines = [`${style.dim('Files')}  ${folder}`];
  if (final_plan) lines.unshift(`${style.dim('Plan ')}  ${style.bold(path.join(folder, 'final_plan.md'))}`);
  return lines;
}
