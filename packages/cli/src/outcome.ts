import { existsSync } from 'node:fs';
import path from 'node:path';
import {
  demonstrationNotice,
  type EndOutput,
  isDemonstration,
  qualityFigures,
  usageText,
  uuidPattern,
} from '@agento/contracts';
import { traceCommand } from './invocation.ts';
import { oneLine, type Style } from './terminal.ts';

/** Where to find the run's files. */
export interface Whereabouts {
  /** Module 1's address. */
  url: string;
  dataDir: string;
  /** Whether the embedded receiver keeps the trace there, as far as is known here. */
  traced: boolean;
}

/** The result of a run: the plan (or what exists of it), its judgement, where everything is. */
export function renderOutcome(output: EndOutput, where: Whereabouts, style: Style): string {
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

function judgement(output: EndOutput, style: Style): string[] {
  const { quality_report: report } = output;
  if (!report) return [];
  const decision = report.decision === 'publish' ? style.green('published') : style.yellow('held back');
  return [
    `Plan ${decision}: ${qualityFigures(output).join('; ')}`,
    ...(report.summary ? [oneLine(report.summary)] : []),
    ...report.open_issues.map((issue) => `  ${style.yellow('open issue')}  ${oneLine(issue)}`),
    '',
  ];
}

/** The folder where it is on this machine, else the address module 1 serves its files under. */
function files({ run_id, final_plan }: EndOutput, { url, dataDir }: Whereabouts, style: Style): string[] {
  // A foreign server may send an id that points outside the folder.
  if (!new RegExp(uuidPattern).test(run_id)) return [];
  const folder = path.join(dataDir, 'runs', run_id);
  if (!existsSync(folder))
    return [`${style.dim('Files')}  ${url}/runs/${run_id}/artifacts/module1_output.json`];
  const lines = [`${style.dim('Files')}  ${folder}`];
  if (final_plan) lines.unshift(`${style.dim('Plan ')}  ${style.bold(path.join(folder, 'final_plan.md'))}`);
  return lines;
}
