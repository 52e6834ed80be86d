import type { Item, ItemText, Review, RevisionRequest, RunReading, Suggestion } from '../reading/index.ts';
import { itemLabel, named, score } from '../show/labels.ts';
import { type Evidence, evidence } from './evidence.ts';

/** Who wrote a text, told by what, and whether it was kept. */
export function ofText(text: ItemText, reading: RunReading): Evidence {
  const { id, item_id, attempt, agent, span_id, changes, is_final } = text;
  const fate =
    is_final === null ? '' : is_final ? '; it is in the final plan' : '; it is not in the final plan';
  const written = attempt === 0 ? `the original text of ${item_id}` : `attempt ${attempt} at ${item_id}`;
  const suggestions = reading.suggestions.filter(({ told }) => told === span_id);
  const request = reading.requests.find((entry) => entry.item_id === item_id);
  const accepted = reading.decisions.filter(
    ({ kind, about }) => kind === 'attempt_acceptance' && about.item_id === item_id,
  );
  const told = attempt === 0 ? [] : suggestions.map((entry) => `suggestion ${entry.id}`);
  const asked = attempt > 0 && request ? [`request ${request.id}`] : [];
  const not_found = [
    ...(attempt > 0 && !request
      ? [`the revision request that asked for attempt ${attempt} at ${item_id}`]
      : []),
    ...(attempt > 1 && suggestions.length === 0 ? [`a suggestion that the writer of ${id} was told`] : []),
    ...(text.text.state === 'whole' ? [] : [`the text of ${id} as it was written (${text.text.state})`]),
    ...(text.judged_by === null && attempt > 0 ? [`a judgement of ${id}`] : []),
  ];
  return evidence(`text ${id}`, `${agent} wrote ${written}${fate}.`, span_id, {
    shown_by: changes.map((change) => `It set out to change: ${change}`),
    because: [
      ...(is_final ? accepted.map((decision) => `decision ${decision.span_id}`) : []),
      ...told,
      ...asked,
      ...(attempt > 0 ? [`text ${item_id}-a${attempt - 1}`] : [`item ${item_id}`]),
    ],
    not_found,
  });
}

export function ofItem(item: Item, reading: RunReading): Evidence {
  const plan = reading.plans.find(({ id }) => id === item.plan_id);
  const belongs = `${itemLabel(reading, item.id)} is an item of plan ${item.plan_id ?? 'of unknown id'}.`;
  return evidence(`item ${item.id}`, belongs, plan?.span_id ?? null, {
    shown_by: item.outline ? [item.outline] : [],
    because: plan ? [`plan ${plan.id}`] : [],
    not_found: plan ? [] : [`the plan that ${item.id} belongs to`],
  });
}

export function ofSuggestion(suggestion: Suggestion): Evidence {
  const {
    id,
    agent,
    attempt,
    item_id,
    text,
    verdicts,
    status,
    evidence: passage,
    told,
    judged_by,
  } = suggestion;
  const of = attempt === 0 ? `the original text of ${item_id}` : `attempt ${attempt} at ${item_id}`;
  const became = told
    ? `the writer of attempt ${attempt + 1} was told${status ? `, and the next judge found it ${status}` : ''}`
    : 'no writer was told';
  return evidence(
    `suggestion ${id}`,
    `${agent} suggested ${id} after reading ${of}; ${became}.`,
    suggestion.span_id,
    {
      shown_by: [...(text ? [text] : []), ...(passage ? [`Shown by “${passage}” (span ${judged_by}).`] : [])],
      because: [...verdicts.map((verdict) => `verdict ${verdict}`), `text ${item_id}-a${attempt}`],
      not_found: [
        ...(verdicts.length === 0 ? [`a failed verdict behind suggestion ${id}`] : []),
        ...(told && status === null ? [`what became of suggestion ${id}`] : []),
        ...(status === 'addressed' && !passage ? [`the passage that shows suggestion ${id} addressed`] : []),
      ],
    },
  );
}

/** What a person made of a request, as part of a sentence. */
function reviewed({ agent, by, decision, span_id }: Review): string {
  const done: Record<string, string> = { approve: 'approved', reject: 'rejected', reword: 'reworded' };
  const who = by ? `${agent} (${by})` : agent;
  return `${who} ${done[decision ?? ''] ?? 'decided about'} it (span ${span_id})`;
}

export function ofRequest(request: RevisionRequest): Evidence {
  const { id, agent, item_id, approval, review, failed_verdicts, text, targeted_criteria } = request;
  const approved =
    approval === null
      ? 'nobody judged it'
      : `${approval.agent} ${approval.approved ? 'approved it' : 'did not approve it'} (span ${approval.span_id})`;
  return evidence(
    `request ${id}`,
    `${agent} asked for a revision of ${item_id}; ${approved}${review ? `; ${reviewed(review)}` : ''}.`,
    request.span_id,
    {
      shown_by: [text, approval?.reasoning, review?.text, review?.reason].flatMap((shown) => shown ?? []),
      because: [
        ...(review ? [`decision ${review.span_id}`] : []),
        ...failed_verdicts.map((verdict) => `verdict ${verdict}`),
        ...targeted_criteria.map((criterion) => `criterion ${criterion}`),
      ],
      not_found: [
        ...(failed_verdicts.length === 0 ? [`a failed verdict behind request ${id}`] : []),
        ...(approval === null ? [`an approval of request ${id}`] : []),
      ],
    },
  );
}

export function ofVerdict(id: string, reading: RunReading): Evidence | null {
  const verdict = reading.verdicts.find((entry) => entry.id === id);
  if (!verdict) return null;
  const { criterion_id, constraint_id, item_id, plan_id, attempt, pass, judge, span_id } = verdict;
  const by = criterion_id ?? constraint_id;
  const subject = [
    item_id ?? plan_id,
    attempt === null ? '' : attempt === 0 ? 'original' : `attempt ${attempt}`,
  ];
  const found = pass === null ? 'gave no pass or fail to' : pass ? 'passed' : 'failed';
  const rated = verdict.score === null ? '' : `, ${score(verdict.score)}`;
  const known = [...reading.criteria, ...reading.constraints].find((entry) => entry.id === by);
  const text = item_id !== null && attempt !== null ? [`text ${item_id}-a${attempt}`] : [];
  return evidence(
    `verdict ${id}`,
    `${judge} ${found} ${subject.filter(Boolean).join(' ')} by ${named(by ?? 'no criterion', known?.text, 120)}${rated}.`,
    span_id,
    {
      shown_by: verdict.explanation ? [verdict.explanation] : [],
      because: [
        ...(criterion_id ? [`criterion ${criterion_id}`] : []),
        ...(constraint_id ? [`constraint ${constraint_id}`] : []),
        ...(text.length > 0 ? text : item_id ? [`text ${item_id}-a0`] : plan_id ? [`plan ${plan_id}`] : []),
      ],
    },
  );
}
