import { type LinkTo, linkTo, type Run, step } from '@agento/agent';
import {
  type HumanReview,
  humanReview,
  type ItemDetail,
  type Module5Input,
  type ReviewDecision,
  type RevisionEvaluation,
  type RevisionRequest,
} from '@agento/contracts';
import type { Decision } from '@agento/tracing';

/** What module 4 found, as it stands after people decided, and by item the step that says so. */
export interface Reviewed {
  details: ItemDetail[];
  links: ReadonlyMap<string, LinkTo>;
}

/** Puts each decision of a person in the place of the RevisionEvaluator's, in a step of its own. */
export async function applyReview(run: Run, input: Module5Input): Promise<Reviewed> {
  const { human_review: review, item_details } = input;
  if (!review) return { details: item_details, links: new Map() };
  const byRequest = new Map(review.decisions.map((decision) => [decision.request, decision]));
  const links = new Map<string, LinkTo>();
  const details: ItemDetail[] = [];
  for (const detail of item_details) {
    const { revision_request: request, revision_evaluation: approval } = detail;
    const decided = request && byRequest.get(request.id);
    if (!request || !approval || !decided) details.push(detail);
    else {
      links.set(detail.item_id, await record(run, review, detail.item_id, { request, approval, decided }));
      details.push({ ...detail, ...afterwards(request, approval, decided) });
    }
  }
  return { details, links };
}

interface Decided {
  request: RevisionRequest;
  approval: RevisionEvaluation;
  decided: ReviewDecision;
}

function record(
  run: Run,
  { by, at }: Pick<HumanReview, 'by' | 'at'>,
  itemId: string,
  { request, approval, decided }: Decided,
): Promise<LinkTo> {
  const links = {
    revision_request: linkTo(request, { itemId }),
    approval: linkTo(approval, { itemId }),
  };
  return step(run, humanReview, { itemId, links }, async (step) => {
    step.decide(decisionOf(request, decided));
    step.finish({
      summary: { approve: 'approved', reject: 'rejected', reword: 'reworded' }[decided.decision],
      attributes: {
        'agento.review.by': by,
        'agento.review.at': at,
        'agento.review.decision': decided.decision,
        'agento.review.approved_before': approval.approved,
        'agento.revision.approved': decided.decision !== 'reject',
      },
    });
    step.capture(
      { item_id: itemId, revision_request: request.id, approved_before: approval.approved },
      { by, at, ...decided },
    );
    return { to: step.reference, itemId };
  });
}

/** What is asked for after the decision. */
const wordsOf = ({ revision_request_content }: RevisionRequest, { text }: ReviewDecision) =>
  text ?? revision_request_content;

/** What is said of a decision that came without a reason. */
const noReason = 'No reason was given';

function decisionOf(request: RevisionRequest, decided: ReviewDecision): Omit<Decision, 'kind'> {
  const { id, revision_request_content: label } = request;
  const { reason = noReason } = decided;
  const candidate = (id: string, label: string, total: number) => ({ id, label, scores: { total } });
  if (decided.decision !== 'reword') {
    const isApproved = decided.decision === 'approve';
    return {
      candidates: [candidate(id, label, Number(isApproved))],
      chosen: isApproved ? [id] : [],
      rejected: isApproved ? [] : [{ id, reason }],
      reason,
    };
  }
  const reworded = `${id}-reworded`;
  return {
    candidates: [candidate(id, label, 0), candidate(reworded, wordsOf(request, decided), 1)],
    chosen: [reworded],
    rejected: [{ id, reason }],
    reason,
  };
}

/** The request and its approval as they are acted upon; what was expected of other words says nothing of the new ones. */
function afterwards(
  request: RevisionRequest,
  approval: RevisionEvaluation,
  decided: ReviewDecision,
): Pick<ItemDetail, 'revision_request' | 'revision_evaluation'> {
  const { reason: reasoning = noReason, decision } = decided;
  const decidedOn = { ...approval, reasoning, approved: decision !== 'reject' };
  if (decision !== 'reword') return { revision_request: request, revision_evaluation: decidedOn };
  return {
    revision_request: {
      ...request,
      revision_request_content: wordsOf(request, decided),
      reasoning,
    },
    revision_evaluation: { ...decidedOn, impact_assessment: [] },
  };
}
