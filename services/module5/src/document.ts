import {
  type AgentUsage,
  demonstrationNotice,
  isDemonstration,
  type JudgedConstraintStatus,
  type JudgedStatus,
  type Module5Adds,
  type Module5Input,
  type RevisionAttempt,
  type RevisionResult,
  usageText,
} from '@agento/contracts';
import { harmlessIn } from './harmless.ts';

/** Everything the document covers. */
export type FinishedPlan = Omit<Module5Input, 'usage' | 'run_id'> &
  Omit<Module5Adds, 'final_plan'> & { usage: AgentUsage[]; run_id: string; trace_id: string };

const statusWords: Record<JudgedStatus, string> = {
  fully_met: 'met',
  partially_met: 'partly met',
  not_met: 'not met',
  not_judged: 'not judged',
};
const constraintWords: Record<JudgedConstraintStatus, string> = {
  kept: 'kept',
  broken: 'broken',
  not_shown: 'not shown',
  not_judged: 'not judged',
};

/**
 * `final_plan.md`: the plan as a document to pass on, with how it meets its criteria and what was revised. Text by a
 * user or a model remains Markdown in it, but is harmless.
 */
export function finalPlanDocument(given: FinishedPlan): string {
  const plan = harmlessIn(given);
  const { revised_outline: outline, quality_report: report } = plan;
  return `${[
    isDemonstration(plan.usage) ? `*${demonstrationNotice}*` : '',
    `# ${oneLine(outline.plan_title)}`,
    quote(plan.goal),
    `*Written by Agento with ${modelNames(plan)}.*`,
    outline.plan_description,
    report.decision === 'hold' ? `**This plan is held back:** ${heldBecause(plan)}` : '',
    '## What success means',
    plan.selected_criteria.map(({ criteria }, index) => `${index + 1}. ${oneLine(criteria)}`).join('\n'),
    ...constraints(plan),
    '## The plan',
    ...outline.plan_items.flatMap(({ item_title, item_description }, index) => [
      `### ${index + 1}. ${oneLine(item_title)}`,
      item_description,
    ]),
    '## How the plan meets its criteria',
    report.summary,
    criteriaTable(plan),
    `*Met* means the plan as a whole meets the criterion; *Items* counts those that do their full share on their own. One item can be enough.${unjudged(plan)}`,
    ...list('Strengths', report.strengths),
    ...list('Open issues', report.open_issues),
    '## What was revised, and why',
    ...revisions(plan),
    '## Sources and origin',
    sources(plan),
    origin(plan),
  ]
    .filter((part) => part !== '')
    .join('\n\n')}\n`;
}

function heldBecause({ quality_report: { criteria, constraints } }: FinishedPlan): string {
  const count = (wanted: JudgedStatus) => criteria.filter(({ status }) => status === wanted).length;
  if (count('not_judged') === criteria.length) return 'it was not judged as a whole.';
  const breaks = constraints.filter(({ status }) => status === 'broken').length;
  const reasons = [
    breaks > 0
      ? `it breaks ${breaks === 1 ? 'a constraint' : `${breaks} constraints`} set by the goal or its context`
      : '',
    count('fully_met') * 2 <= criteria.length
      ? `as a whole it meets ${count('fully_met')} of its ${criteria.length} criteria`
      : '',
  ];
  return `${reasons.filter((reason) => reason !== '').join(', and ')}.`;
}

/** The user's constraints, and whether the plan keeps them. */
function constraints({ constraints = [], constraints_left_out = 0, quality_report }: FinishedPlan): string[] {
  const leftOut =
    constraints_left_out > 0
      ? [
          `${constraints_left_out} more named by the model ${constraints_left_out === 1 ? 'is left out because its' : 'are left out because their'} passage is not in the goal or its context. Check there for missing constraints.`,
        ]
      : [];
  if (constraints.length === 0) return leftOut.length > 0 ? ['## Constraints', ...leftOut] : [];
  const rows = constraints.map(({ id, text, quote }) => {
    const judged = quality_report.constraints.find(({ constraint_id }) => constraint_id === id);
    const status = judged ? constraintWords[judged.status] : 'not judged';
    const passage = judged?.passage ? ` “${judged.passage}”` : '';
    return `| ${cell(text)} | “${cell(quote)}” | ${status} | ${cell(`${judged?.explanation ?? ''}${passage}`)} |`;
  });
  return [
    '## Constraints',
    ['| Constraint | Source | In this plan | Why |', '| --- | --- | --- | --- |', ...rows].join('\n'),
    ...leftOut,
  ];
}

/** How many verdicts on items are missing; '' if none is. */
function unjudged({ evaluation_results }: FinishedPlan): string {
  const open = evaluation_results.filter(({ result }) => result === 'not_judged').length;
  if (open === 0) return '';
  return ` ${open} of ${evaluation_results.length} verdicts on items are missing: the model's answers remained unusable.`;
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
  return ['| Criterion | Plan as a whole | Items | Why |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function revisions(plan: FinishedPlan): string[] {
  const { revision_results, item_details } = plan;
  const rejected = item_details.filter((detail) => detail.revision_evaluation?.approved === false);
  const lost = item_details.filter(({ given_up }) => given_up);
  if (revision_results.length + rejected.length + lost.length === 0)
    return ['Nothing: no revision was requested.'];
  return [
    ...revision_results.map((result) => revision(result, plan)),
    ...rejected.map(
      ({ item_title, revision_request, revision_evaluation }) =>
        `- **${oneLine(item_title)}** is unchanged. Requested: ${oneLine(revision_request?.revision_request_content ?? '')} Rejected${byPerson(plan, revision_request?.id)}: ${oneLine(revision_evaluation?.reasoning ?? '')}`,
    ),
    ...lost.map(
      ({ item_title, given_up }) =>
        `- **${oneLine(item_title)}** is unchanged although it falls short: ${oneLine(given_up?.agent_name ?? '')} gave no usable answer.`,
    ),
  ];
}

/** Who decided about a request, where a person did. */
function byPerson({ human_review: review }: FinishedPlan, request: string | undefined): string {
  return review?.decisions.some((decision) => decision.request === request)
    ? ` by a person (${oneLine(review.by)})`
    : '';
}

function revision(
  {
    item_title,
    revision_request,
    accepted_attempt,
    attempt_count,
    attempts,
    baseline,
    given_up,
  }: RevisionResult,
  plan: FinishedPlan,
): string {
  const { selected_criteria } = plan;
  const kept = attempts.find(({ attempt }) => attempt === accepted_attempt);
  const names = (ids: string[]) =>
    ids.map((id) => selected_criteria.findIndex((criterion) => criterion.id === id) + 1).join(', ');
  const outcome = kept
    ? `Attempt ${kept.attempt} of ${attempt_count} is kept as the better text; ${
        kept.evaluation.meets_criteria
          ? 'it meets the criteria it was to meet.'
          : `it still falls short of criterion ${names(shortOf(kept, revision_request.targeted_criteria))}.`
      }`
    : `The original is kept: ${noneBetter(attempts)}.`;
  const scale =
    baseline?.score === null
      ? ' The original itself could not be judged anew, and stands there with its verdicts of before.'
      : '';
  const person = byPerson(plan, revision_request.id);
  const approved = person ? ` Approved${person}.` : '';
  const stopped = given_up ? ` ${oneLine(given_up.agent_name)} gave no usable answer.` : '';
  const told = attempts.flatMap(({ evaluation }) =>
    evaluation.improvement_suggestions.map(({ text }) => oneLine(text)),
  );
  const feedback = told.length > 0 ? ` On the way it was told: ${told.join(' ')}` : '';
  return `- **${oneLine(item_title)}.** Requested: ${oneLine(revision_request.revision_request_content)} Why: ${oneLine(revision_request.reasoning)}${approved} ${outcome}${scale}${stopped}${feedback}`;
}

function noneBetter(attempts: RevisionAttempt[]): string {
  const judged = attempts.filter(({ evaluation }) => evaluation.score !== null).length;
  if (attempts.length === 0) return 'there was no usable attempt';
  if (judged === 0) return 'no attempt could be judged';
  const unjudged = judged < attempts.length ? ', and one could not be judged' : '';
  return `${judged === 1 ? 'the one attempt is no better' : `none of ${judged} attempts is better`}${unjudged}`;
}

/** The targeted criteria that the attempt does not fully meet. */
function shortOf({ evaluation }: RevisionAttempt, targeted: string[]): string[] {
  return targeted.filter(
    (id) =>
      !evaluation.criteria_fulfillment.some(
        ({ criterion_id, status }) => criterion_id === id && status === 'fully_met',
      ),
  );
}

function list(title: string, entries: string[]): string[] {
  return entries.length > 0 ? [`**${title}**`, entries.map((entry) => `- ${oneLine(entry)}`).join('\n')] : [];
}

function sources({ sources, search_mode, usage }: FinishedPlan): string {
  const known = isDemonstration(usage)
    ? 'the words of goal and context alone'
    : 'what the model knew, without a look at the web';
  const kind = search_mode === 'web_search' ? 'a web search' : known;
  const lines = sources.map(({ title, url, note }) => `- ${linked(title, url)}: ${oneLine(note)}`);
  return [`The criteria rest on ${kind}.`, lines.join('\n')].filter((part) => part !== '').join('\n\n');
}

/** The models that wrote the plan; the offline model is named as such. */
function modelNames({ usage }: FinishedPlan): string {
  const names = usage.map(({ model, provider }) => `${code(model)} of ${code(provider)}`);
  return [...new Set(names)].join(', ') || 'a model';
}

/** A link if the source is a page; a model could name any other scheme. */
function linked(title: string, url: string | null): string {
  const text = oneLine(title);
  if (!url || !URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) return text;
  return `[${text.replace(/[\\[\]]/g, '\\$&')}](<${new URL(url).href}>)`;
}

function origin(plan: FinishedPlan): string {
  const { usage, run_id, trace_id, selected_outline } = plan;
  return [
    `Written with ${modelNames(plan)}, from the outline of the ${selected_outline.created_by}:`,
    `${oneLine(usageText(usage))}.`,
    `Run \`${run_id}\`, trace \`${trace_id}\`.`,
  ].join('\n');
}

/** Text by a model or a user on one line: a line break would end a list entry or a heading. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** A name as code; backticks in it would end the code. */
function code(name: string): string {
  return `\`${oneLine(name).replaceAll('`', "'")}\``;
}

function cell(text: string): string {
  return oneLine(text).replaceAll('|', '\\|');
}

function quote(text: string): string {
  return text
    .trim()
    .split(/\r\n|\n|\r/)
    .map((line) => `> ${line}`)
    .join('\n');
}
