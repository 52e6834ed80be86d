import {
  type ApprovalAnswer,
  type Assessment,
  type AssessmentAnswer,
  type Finding,
  type RevisionRequest,
  type RevisionRequestAnswer,
  timesOf,
} from '@agento/contracts';

/** The shortfalls name exactly the failed criteria, each once. */
export function checkShortfalls({ shortfalls }: AssessmentAnswer, failed: string[]): Finding[] {
  const named = shortfalls.map(({ criterion_id }) => criterion_id);
  const times = timesOf(named);
  const known = new Set(failed);
  return [
    ...failed
      .filter((id) => times(id) !== 1)
      .map((id) => ({ pointer: '/shortfalls', detail: `must name the failed criterion ${id} once` })),
    ...named.flatMap((id, index) =>
      known.has(id)
        ? []
        : [{ pointer: `/shortfalls/${index}/criterion_id`, detail: 'is no failed criterion of this item' }],
    ),
  ];
}

/** A request targets criteria that fall short, none twice, and says something. */
export function checkRequest(answer: RevisionRequestAnswer, assessment: Assessment): Finding[] {
  const short = new Set(assessment.shortfalls.map(({ criterion_id }) => criterion_id));
  const { targeted_criteria: targets } = answer;
  const found = targets.flatMap((id, index) =>
    short.has(id) ? [] : [{ pointer: `/targeted_criteria/${index}`, detail: 'is none of the shortfalls' }],
  );
  if (new Set(targets).size !== targets.length) {
    found.push({ pointer: '/targeted_criteria', detail: 'must not name a criterion twice' });
  }
  if (!answer.revision_request_content.trim()) {
    found.push({ pointer: '/revision_request_content', detail: 'must not be empty' });
  }
  return found;
}

/** The impact on every criterion is stated once, and an approval improves at least one targeted criterion. */
export function checkApproval(
  answer: ApprovalAnswer,
  revision: RevisionRequest,
  criteria: { id: string }[],
): Finding[] {
  const judged = answer.impact_assessment.map(({ criterion_id }) => criterion_id);
  const times = timesOf(judged);
  const known = new Set(criteria.map(({ id }) => id));
  const found = criteria
    .filter(({ id }) => times(id) !== 1)
    .map(({ id }) => ({ pointer: '/impact_assessment', detail: `must state the impact on ${id} once` }));
  judged.forEach((id, index) => {
    if (!known.has(id)) {
      found.push({ pointer: `/impact_assessment/${index}/criterion_id`, detail: 'is no criterion' });
    }
  });
  const targeted = new Set(revision.targeted_criteria);
  const improves = answer.impact_assessment.some(
    ({ criterion_id, impact }) => impact === 'improve' && targeted.has(criterion_id),
  );
  if (answer.approved && !improves) {
    found.push({ pointer: '/approved', detail: 'must be false when no targeted criterion improves' });
  }
  return found;
}
