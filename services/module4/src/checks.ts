import type {
  ApprovalAnswer,
  Assessment,
  AssessmentAnswer,
  Finding,
  RevisionRequest,
  RevisionRequestAnswer,
} from '@agento/contracts';

/** The shortfalls name exactly the failed criteria, each once. */
export function checkShortfalls({ shortfalls }: AssessmentAnswer, failed: string[]): Finding[] {
  const named = shortfalls.map(({ criterion_id }) => criterion_id);
  return [
    ...failed
      .filter((id) => named.filter((entry) => entry === id).length !== 1)
      .map((id) => ({ pointer: '/shortfalls', detail: `must name the failed criterion ${id} once` })),
    ...named.flatMap((id, index) =>
      failed.includes(id)
        ? []
        : [{ pointer: `/shortfalls/${index}/criterion_id`, detail: 'is no failed criterion of this item' }],
    ),
  ];
}

/** A request targets criteria that fall short, none twice, and says something. */
export function checkRequest(answer: RevisionRequestAnswer, assessment: Assessment): Finding[] {
  const short = assessment.shortfalls.map(({ criterion_id }) => criterion_id);
  const { targeted_criteria: targets } = answer;
  const found = targets.flatMap((id, index) =>
    short.includes(id)
      ? []
      : [{ pointer: `/targeted_criteria/${index}`, detail: 'is none of the shortfalls' }],
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
  const found = criteria
    .filter(({ id }) => judged.filter((entry) => entry === id).length !== 1)
    .map(({ id }) => ({ pointer: '/impact_assessment', detail: `must state the impact on ${id} once` }));
  judged.forEach((id, index) => {
    if (!criteria.some((criterion) => criterion.id === id)) {
      found.push({ pointer: `/impact_assessment/${index}/criterion_id`, detail: 'is no criterion' });
    }
  });
  const improves = answer.impact_assessment.some(
    ({ criterion_id, impact }) => impact === 'improve' && revision.targeted_criteria.includes(criterion_id),
  );
  if (answer.approved && !improves) {
    found.push({ pointer: '/approved', detail: 'must be false when no targeted criterion improves' });
  }
  return found;
}
