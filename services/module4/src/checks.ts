import type { ApprovalAnswer, Finding, RevisionRequest, RevisionRequestAnswer } from '@agento/contracts';

/** Checks that a request is not empty. */
export function checkRequest({ revision_request_content }: RevisionRequestAnswer): Finding[] {
  if (revision_request_content.trim()) return [];
  return [{ pointer: '/revision_request_content', detail: 'must not be empty' }];
}

/** Checks that an approval improves at least one targeted criterion. */
export function checkApproval(answer: ApprovalAnswer, revision: RevisionRequest): Finding[] {
  const targeted = new Set(revision.targeted_criteria);
  const improves = answer.impact_assessment.some(
    ({ criterion_id, impact }) => impact === 'improve' && targeted.has(criterion_id),
  );
  if (!answer.approved || improves) return [];
  return [{ pointer: '/approved', detail: 'must be false when no targeted criterion improves' }];
}
