import { facts, heading, type Page, prose, section, title } from '../page/page.ts';
import type {
  Constraint,
  Criterion,
  Plan,
  RevisionRequest,
  RunReading,
  Suggestion,
} from '../reading/index.ts';
import { decisionBlocks, suggestionEntry, verdictBlocks } from './evidence-of.ts';
import { criterionLabel, itemLabel, named, score, spanLabel, words } from './labels.ts';

/** A criterion: why it was proposed and chosen, and each verdict by it, in the order they were given. */
export function criterionPage(criterion: Criterion, reading: RunReading): Page {
  const { id } = criterion;
  const decision = reading.decisions.find(({ kind }) => kind === 'criteria_selection');
  const reason = decision?.candidates.find((candidate) => candidate.id === id)?.reason;
  const requests = reading.requests.filter(({ targeted_criteria }) => targeted_criteria.includes(id));
  return [
    title(`criterion ${id}`),
    ...(criterion.text ? [prose(criterion.text)] : []),
    facts(
      ['reasoning', criterion.reasoning],
      [
        'rated',
        words(
          `${score(criterion.own_rating)} by its author`,
          `${score(criterion.rating)} by the one that chose`,
        ),
      ],
      ['chosen', criterion.is_selected ? 'yes' : words('no', reason)],
      [
        'proposed by',
        criterion.proposed_by && `${spanLabel(reading, criterion.proposed_by)}  ${criterion.proposed_by}`,
      ],
      [
        'chosen by',
        criterion.selected_by && `${spanLabel(reading, criterion.selected_by)}  ${criterion.selected_by}`,
      ],
    ),
    ...verdictBlocks(
      reading.verdicts.filter(({ criterion_id }) => criterion_id === id),
      reading,
      'criterion',
    ),
    ...section('Revisions asked for its sake', requests.map(requestEntry)),
  ];
}

export function constraintPage(constraint: Constraint, reading: RunReading): Page {
  return [
    title(`constraint ${constraint.id}`),
    ...(constraint.text ? [prose(constraint.text)] : []),
    facts(
      ['kind', constraint.kind],
      ['passage', constraint.quote && `“${constraint.quote}”`],
      [
        'found by',
        constraint.found_by && `${spanLabel(reading, constraint.found_by)}  ${constraint.found_by}`,
      ],
    ),
    ...verdictBlocks(
      reading.verdicts.filter(({ constraint_id }) => constraint_id === constraint.id),
      reading,
      'criterion',
    ),
  ];
}

export function planPage(plan: Plan, reading: RunReading): Page {
  const decision = reading.decisions.find(({ kind }) => kind === 'plan_selection');
  const verdicts = reading.verdicts.filter(({ plan_id, item_id }) => plan_id === plan.id && item_id === null);
  return [
    title(named(`plan ${plan.id}`, plan.title, 200)),
    facts(
      ['written by', plan.agent && `${plan.agent}  ${plan.span_id}`],
      ['own rating', plan.own_rating === null ? null : `${plan.own_rating} of 10`],
      ['mean score', plan.total === null ? null : score(plan.total)],
      ['chosen', plan.is_selected ? 'yes' : 'no'],
      ['description', plan.description],
      ['reasoning', plan.reasoning],
    ),
    ...section(
      'Items',
      plan.items.map(({ id, title, description }) => ({
        head: `${id}  ${title ?? ''}`,
        body: description ?? undefined,
      })),
    ),
    ...(decision ? decisionBlocks(decision, reading) : []),
    ...verdictBlocks(verdicts, reading, 'item'),
  ];
}

export function requestPage(request: RevisionRequest, reading: RunReading): Page {
  const { approval, review } = request;
  const verdicts = reading.verdicts.filter(({ id }) => request.failed_verdicts.includes(id));
  const result = reading.decisions.find(
    ({ kind, about }) => kind === 'attempt_acceptance' && about.item_id === request.item_id,
  );
  return [
    title(`revision request ${request.id}`),
    ...(request.text ? [prose(request.text)] : []),
    facts(
      ['item', itemLabel(reading, request.item_id)],
      ['written by', `${request.agent}  ${request.span_id}`],
      ['targets', words(...request.targeted_criteria.map((id) => criterionLabel(reading, id)))],
      ['reasoning', request.reasoning],
    ),
    ...section(
      'What the item lacks',
      request.shortfalls.map(({ criterion_id, reason }) => ({
        head: criterionLabel(reading, criterion_id),
        body: reason ?? undefined,
      })),
    ),
    ...verdictBlocks(verdicts, reading),
    ...(approval
      ? [
          heading(approval.approved ? 'Approved' : 'Not approved'),
          facts(['by', `${approval.agent}  ${approval.span_id}`], ['reasoning', approval.reasoning]),
          ...section(
            'Expected effect',
            approval.impacts.map(({ criterion_id, impact, note }) => ({
              head: `${impact}  ${criterionLabel(reading, criterion_id)}`,
              body: note ?? undefined,
              tone:
                impact === 'improve' ? ('good' as const) : impact === 'worsen' ? ('bad' as const) : undefined,
            })),
          ),
        ]
      : [heading('Not judged')]),
    ...(review
      ? [
          heading('Reviewed'),
          facts(
            ['by', words(review.agent, review.by ?? '', review.span_id)],
            ['decision', review.decision],
            ['in its place', review.text],
            ['reason', review.reason],
          ),
        ]
      : []),
    ...(result ? decisionBlocks(result, reading) : []),
  ];
}

export function requestEntry({ id, text, approval, review }: RevisionRequest) {
  const fate = review?.decision
    ? `${reviewWords[review.decision] ?? 'reviewed'} by a person`
    : approvalOf(approval);
  return { head: `${id}  ${fate}`, body: review?.text ?? text ?? undefined };
}

const reviewWords: Record<string, string> = { approve: 'approved', reject: 'rejected', reword: 'reworded' };

function approvalOf(approval: RevisionRequest['approval']): string {
  return approval === null ? 'not judged' : approval.approved ? 'approved' : 'not approved';
}

export function suggestionPage(suggestion: Suggestion, reading: RunReading): Page {
  const { told, judged_by } = suggestion;
  const verdicts = reading.verdicts.filter(({ id }) => suggestion.verdicts.includes(id));
  return [
    title(`suggestion ${suggestion.id}`),
    { is: 'entries', entries: [suggestionEntry(suggestion)] },
    facts(
      ['item', itemLabel(reading, suggestion.item_id)],
      ['about', suggestion.attempt === 0 ? 'the original text' : `attempt ${suggestion.attempt}`],
      ['made by', `${spanLabel(reading, suggestion.span_id)}  ${suggestion.span_id}`],
      [
        'told',
        told
          ? `${spanLabel(reading, told)}  ${told}`
          : 'nobody: no attempt came after it, or it is of the original',
      ],
      ['judged by', judged_by && `${spanLabel(reading, judged_by)}  ${judged_by}`],
    ),
    ...verdictBlocks(verdicts, reading),
  ];
}
