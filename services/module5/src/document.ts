import type {
  AgentUsage,
  FulfillmentStatus,
  Module5Adds,
  Module5Input,
  RevisionResult,
} from '@agento/contracts';
import { harmless } from './harmless.ts';

/** Everything the document tells of. */
export type FinishedPlan = Omit<Module5Input, 'usage' | 'run_id'> &
  Omit<Module5Adds, 'final_plan'> & { usage: AgentUsage[]; run_id: string; trace_id: string };

const statusWords: Record<FulfillmentStatus, string> = {
  fully_met: 'met',
  partially_met: 'partly met',
  not_met: 'not met',
};

/** `final_plan.md`: the plan as a document to hand on, with how it meets its criteria and what was revised. */
export function finalPlanDocument(plan: FinishedPlan): string {
  const { revised_outline: outline, quality_report: report } = plan;
  return `${[
    `# ${oneLine(outline.plan_title)}`,
    quote(plan.goal),
    `*Written by Agento with ${modelNames(plan)}.*`,
    harmless(outline.plan_description),
    report.decision === 'hold'
      ? `**This plan is held back:** only ${percent(report.share_met)} of its criteria are fully met. See *How the plan meets its criteria*.`
      : '',
    '## What success means',
    plan.selected_criteria.map(({ criteria }, index) => `${index + 1}. ${oneLine(criteria)}`).join('\n'),
    '## The plan',
    ...outline.plan_items.flatMap(({ item_title, item_description }, index) => [
      `### ${index + 1}. ${oneLine(item_title)}`,
      harmless(item_description),
    ]),
    '## How the plan meets its criteria',
    harmless(report.summary),
    criteriaTable(plan),
    ...list('Strengths', report.strengths),
    ...list('Still open', report.open_issues),
    '## What was revised, and why',
    ...revisions(plan),
    '## Where this comes from',
    sources(plan),
    origin(plan),
  ]
    .filter((part) => part !== '')
    .join('\n\n')}\n`;
}

function criteriaTable({
  selected_criteria,
  quality_report,
  criteria_fulfillment_summary,
  revised_outline,
}: FinishedPlan) {
  const rows = selected_criteria.map(({ id, criteria }) => {
    const judged = quality_report.criteria.find(({ criterion_id }) => criterion_id === id);
    const items = criteria_fulfillment_summary.find(({ criterion_id }) => criterion_id === id);
    const status = judged ? statusWords[judged.status] : 'not judged';
    return `| ${cell(criteria)} | ${status} | ${items?.fully_met ?? 0} of ${revised_outline.plan_items.length} | ${cell(judged?.explanation ?? '')} |`;
  });
  return ['| Criterion | Whole plan | Items that meet it | Why |', '| --- | --- | --- | --- |', ...rows].join(
    '\n',
  );
}

function revisions({ revision_results, item_details }: FinishedPlan): string[] {
  const rejected = item_details.filter((detail) => detail.revision_evaluation?.approved === false);
  if (revision_results.length === 0 && rejected.length === 0)
    return ['Nothing: every item met every criterion.'];
  return [
    ...revision_results.map(revision),
    ...rejected.map(
      ({ item_title, revision_request, revision_evaluation }) =>
        `- **${oneLine(item_title)}** stayed as it was. Asked for: ${oneLine(revision_request?.revision_request_content ?? '')} Rejected: ${oneLine(revision_evaluation?.reasoning ?? '')}`,
    ),
  ];
}

function revision({
  item_title,
  revision_request,
  accepted_attempt,
  attempt_count,
  attempts,
}: RevisionResult): string {
  const outcome =
    accepted_attempt === null
      ? `None of ${attempt_count} attempts was better; the original stands.`
      : `Attempt ${accepted_attempt} of ${attempt_count} was accepted.`;
  const told = attempts.flatMap(({ evaluation }) =>
    evaluation.improvement_suggestions.map(({ text }) => oneLine(text)),
  );
  const feedback = told.length > 0 ? ` On the way it was told: ${told.join(' ')}` : '';
  return `- **${oneLine(item_title)}.** Asked for: ${oneLine(revision_request.revision_request_content)} Why: ${oneLine(revision_request.reasoning)} ${outcome}${feedback}`;
}

function list(title: string, entries: string[]): string[] {
  return entries.length > 0 ? [`**${title}**`, entries.map((entry) => `- ${oneLine(entry)}`).join('\n')] : [];
}

function sources({ sources, search_mode }: FinishedPlan): string {
  const kind =
    search_mode === 'web_search' ? 'a web search' : 'what the model knew, without a look at the web';
  const lines = sources.map(({ title, url, note }) => `- ${linked(title, url)}: ${oneLine(note)}`);
  return [`The criteria rest on ${kind}.`, lines.join('\n')].filter((part) => part !== '').join('\n\n');
}

/** Whose words these are; the offline model is named as what it is. */
function modelNames({ usage }: FinishedPlan): string {
  const names = usage.map(({ model, provider }) => `${code(model)} of ${code(provider)}`);
  return [...new Set(names)].join(', ') || 'a model';
}

/** A name in a code span that it cannot end. */
function code(name: string): string {
  return `\`${oneLine(name).replaceAll('`', "'")}\``;
}

/** A link where the source is a page; a model could name any other scheme. */
function linked(title: string, url: string | null): string {
  const text = oneLine(title);
  if (!url || !URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) return text;
  return `[${text.replace(/[[\]]/g, '\\$&')}](<${new URL(url).href}>)`;
}

function origin(plan: FinishedPlan): string {
  const { usage, run_id, trace_id, selected_outline } = plan;
  const sum = (pick: (entry: AgentUsage) => number) => usage.reduce((total, entry) => total + pick(entry), 0);
  const least = usage.some(({ calls_without_usage }) => calls_without_usage) ? 'at least ' : '';
  const costs = usage.map(({ cost_usd }) => cost_usd);
  const known = costs.filter((cost) => cost !== null).reduce((total, cost) => total + cost, 0);
  const cost = costs.includes(null)
    ? known > 0
      ? `at least $${known.toFixed(4)} (some prices are unknown)`
      : least
        ? 'cost unknown'
        : 'cost unknown (no price for the model)'
    : `$${known.toFixed(4)}`;
  return [
    `Written with ${modelNames(plan)}, from the outline of the ${oneLine(selected_outline.created_by)}:`,
    `${sum(({ calls }) => calls)} model calls, ${least}${sum(({ input_tokens }) => input_tokens)} tokens in, ${sum(({ output_tokens }) => output_tokens)} out, ${cost}.`,
    `Run \`${run_id}\`, trace \`${trace_id}\`.`,
  ].join('\n');
}

/** Text of a model or a user on one line, where a line break would end a list entry or a heading. */
function oneLine(text: string): string {
  return harmless(text).replace(/\s+/g, ' ').trim();
}

function cell(text: string): string {
  return oneLine(text).replaceAll('|', '\\|');
}

function quote(text: string): string {
  return harmless(text)
    .trim()
    .split(/\r\n|\n|\r/)
    .map((line) => `> ${line}`)
    .join('\n');
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
