import type { Impact, RevisionEvaluation, RevisionRequest } from '@agento/contracts';
import { type Decision, round } from '@agento/tracing';

const worth: Record<Impact, number> = { improve: 1, no_change: 0, worsen: -1 };

/** The approval as a decision: one candidate, its expected impact on every criterion as scores. */
export function approvalDecision(
  revision: RevisionRequest,
  evaluation: RevisionEvaluation,
): Omit<Decision, 'kind'> {
  const impacts = evaluation.impact_assessment.map(
    ({ criterion_id, impact }) => [criterion_id, worth[impact]] as const,
  );
  const total = impacts.reduce((sum, [, value]) => sum + value, 0) / Math.max(1, impacts.length);
  return {
    candidates: [
      {
        id: revision.id,
        label: revision.revision_request_content,
        scores: { ...Object.fromEntries(impacts), total: round(total) },
      },
    ],
    chosen: evaluation.approved ? [revision.id] : [],
    rejected: evaluation.approved ? [] : [{ id: revision.id, reason: evaluation.reasoning }],
    reason: evaluation.reasoning,
  };
}
