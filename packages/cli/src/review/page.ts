import type { Review, ReviewDecision, ReviewedRequest } from '@agento/contracts';
import { facts, heading, type Page, prose, section, title } from '@agento/evidence';

/** What there is to decide about a run, and what was decided. */
export function reviewPage({ run_id, run_attempt, goal, waiting, requests, review }: Review): Page {
  const decided = new Map(review?.decisions.map((decision) => [decision.request, decision]));
  return [
    title(goal),
    facts(
      ['run', run_id],
      ['attempt', run_attempt === 1 ? null : String(run_attempt)],
      ['state', waiting ? 'waits for your decision' : review ? null : 'does not wait'],
      ['reviewed', review && `by ${review.by}, ${review.at}`],
    ),
    ...requests.flatMap((request) => requestBlocks(request, decided.get(request.id), review !== null)),
  ];
}

function requestBlocks(
  request: ReviewedRequest,
  decision: ReviewDecision | undefined,
  isReviewed: boolean,
): Page {
  const { id, item_id, item_title, item_description, approver, verdicts, targeted_criteria } = request;
  const by = isReviewed ? (decision?.decision ?? 'kept as the RevisionEvaluator decided') : null;
  return [
    heading(`${id}  ${item_id} ${item_title}`),
    prose(request.request),
    facts(
      ['why', request.reasoning],
      ['targets', targeted_criteria.join(', ')],
      ['evaluator', `${approver.approved ? 'approved' : 'not approved'}: ${approver.reasoning}`],
      ['decided', by],
      ['in its place', decision?.text],
      ['reason', decision?.reason],
    ),
    ...section(
      'Verdicts',
      verdicts.map(({ criterion_id, criteria, result, score, reasoning }) => ({
        head: `${result}  ${criterion_id} ${criteria}${score === null ? '' : `  ${score}`}`,
        body: reasoning,
        tone: result === 'fail' ? ('bad' as const) : undefined,
      })),
    ),
    ...section(
      'Expected effect',
      approver.impact_assessment.map(({ criterion_id, impact, note }) => ({
        head: `${impact}  ${criterion_id}`,
        body: note,
      })),
    ),
    ...section('The text now', [{ head: item_description }]),
  ];
}
