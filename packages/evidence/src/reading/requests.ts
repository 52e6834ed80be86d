import { type RecordedSpan, textOf } from '../model.ts';
import type { Decision } from './decision.ts';
import type { Link } from './link.ts';
import { flagIn, listIn, textIn, textsIn } from './loose.ts';
import type { Step } from './step.ts';
import type { Verdict } from './verdict.ts';

/** The expected effect of a revision on one criterion. */
export interface Impact {
  criterion_id: string;
  /** `improve`, `no_change` or `worsen`. */
  impact: string;
  note: string | null;
}

/** What is to be changed in an item, why, and whether that was approved. */
export interface RevisionRequest {
  id: string;
  item_id: string;
  /** Null while content is off, as are the other texts. */
  text: string | null;
  reasoning: string | null;
  /** Empty while content is off, too. */
  targeted_criteria: string[];
  /** The span that wrote it. */
  span_id: string;
  agent: string;
  /** What the item lacks, by the agent that was shown the failed verdicts. */
  shortfalls: { criterion_id: string; reason: string | null }[];
  deficiency: string | null;
  /** Ids of the verdicts that led to it. */
  failed_verdicts: string[];
  /** Null if nobody judged it. */
  approval: {
    span_id: string;
    agent: string;
    approved: boolean | null;
    reasoning: string | null;
    impacts: Impact[];
  } | null;
  /** What a person decided, in the place of that; null if nobody did. */
  review: Review | null;
}

/** A person's decision about a request. */
export interface Review {
  span_id: string;
  agent: string;
  /** The fingerprint of a key, or `anonymous`. */
  by: string | null;
  /** `approve`, `reject` or `reword`. */
  decision: string | null;
  /** What is asked for in its place, if it was reworded. */
  text: string | null;
  reason: string | null;
}

export function requestsOf(
  steps: Step[],
  links: Link[],
  decisions: Decision[],
  verdicts: Verdict[],
  spans: ReadonlyMap<string, RecordedSpan>,
): RevisionRequest[] {
  const ofItem = (name: string, item: string | null) =>
    steps.find((step) => step.name === name && step.about.item_id === item);
  return steps
    .filter(({ name }) => name === 'revision_generation')
    .map((step): RevisionRequest => {
      const item = step.about.item_id;
      const deficiency = ofItem('deficiency_analysis', item);
      const judges = new Set(
        links
          .filter(
            ({ from, relationship }) => from === deficiency?.span_id && relationship === 'failed_verdict',
          )
          .map(({ to }) => to),
      );
      return {
        id: textIn(step.outputs, 'id') ?? `r-${item ?? ''}`,
        item_id: item ?? '',
        text: textIn(step.outputs, 'revision_request_content'),
        reasoning: textIn(step.outputs, 'reasoning'),
        targeted_criteria: textsIn(step.outputs, 'targeted_criteria'),
        span_id: step.span_id,
        agent: step.agent,
        shortfalls: listIn(deficiency?.outputs, 'shortfalls').map((entry) => ({
          criterion_id: textIn(entry, 'criterion_id') ?? '',
          reason: textIn(entry, 'reason'),
        })),
        deficiency: deficiency?.span_id ?? null,
        failed_verdicts: verdicts.filter(({ span_id }) => judges.has(span_id)).map(({ id }) => id),
        approval: approvalIn(ofItem('revision_validation', item), decisions),
        review: reviewIn(ofItem('human_review', item), decisions, spans),
      };
    });
}

function approvalIn(step: Step | undefined, decisions: Decision[]): RevisionRequest['approval'] {
  if (!step) return null;
  const decision = decisions.find(({ span_id }) => span_id === step.span_id);
  const told = listIn(step.outputs, 'impact_assessment').map((entry) => ({
    criterion_id: textIn(entry, 'criterion_id') ?? '',
    impact: textIn(entry, 'impact') ?? '',
    note: textIn(entry, 'note'),
  }));
  return {
    span_id: step.span_id,
    agent: step.agent,
    approved: decision ? decision.chosen.length > 0 : flagIn(step.outputs, 'approved'),
    reasoning: decision?.reason ?? textIn(step.outputs, 'reasoning'),
    impacts: told.length > 0 ? told : impactsIn(decision),
  };
}

function reviewIn(
  step: Step | undefined,
  decisions: Decision[],
  spans: ReadonlyMap<string, RecordedSpan>,
): Review | null {
  if (!step) return null;
  const { attributes = {} } = spans.get(step.span_id) ?? {};
  const decision = decisions.find(({ span_id }) => span_id === step.span_id);
  return {
    span_id: step.span_id,
    agent: step.agent,
    by: textOf(attributes, 'agento.review.by') || null,
    decision: textOf(attributes, 'agento.review.decision') || null,
    text: textIn(step.outputs, 'text'),
    reason: decision?.reason ?? textIn(step.outputs, 'reason'),
  };
}

/** While content is off the expectations are known by their scores. */
function impactsIn(decision: Decision | undefined): Impact[] {
  const { total: _, ...scores } = decision?.candidates[0]?.scores ?? {};
  return Object.entries(scores).map(([criterion_id, score]) => ({
    criterion_id,
    impact: score > 0 ? 'improve' : score < 0 ? 'worsen' : 'no_change',
    note: null,
  }));
}
