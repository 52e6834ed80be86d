import { jsonOf } from '../cut.ts';
import { tableOfRuns } from '../table.ts';

export const revisions = tableOfRuns(
  'revisions',
  'A request to change an item, and whether it was approved',
  {
    request_id: ['VARCHAR', 'Its id'],
    item_id: ['VARCHAR', 'The item'],
    span_id: ['VARCHAR', 'The span that wrote it'],
    agent: ['VARCHAR', 'The agent that wrote it'],
    request: ['VARCHAR', 'What is to be changed'],
    reasoning: ['VARCHAR', 'Why'],
    targeted_criteria: ['VARCHAR[]', 'Ids of the criteria it is to improve'],
    failed_verdicts: ['VARCHAR[]', 'The verdicts that led to it: `verdicts.verdict_id`'],
    deficiency_span_id: ['VARCHAR', 'The span that said what the item lacks'],
    shortfalls: ['JSON', 'What it lacks: a list of `{criterion_id, reason}`'],
    approved: ['BOOLEAN', 'Null if nobody judged it'],
    approval_span_id: ['VARCHAR', 'The span that judged it'],
    approval_reasoning: ['VARCHAR', 'Why it was approved, or not'],
    impacts: ['JSON', 'The effect that was expected: a list of `{criterion_id, impact, note}`'],
  },
  ({ reading, isOwn }) =>
    reading.requests
      .filter(({ span_id }) => isOwn(span_id))
      .map((request) => ({
        request_id: request.id,
        item_id: request.item_id,
        span_id: request.span_id,
        agent: request.agent,
        request: request.text,
        reasoning: request.reasoning,
        targeted_criteria: request.targeted_criteria,
        failed_verdicts: request.failed_verdicts,
        deficiency_span_id: request.deficiency,
        shortfalls: jsonOf(request.shortfalls),
        approved: request.approval?.approved ?? null,
        approval_span_id: request.approval?.span_id ?? null,
        approval_reasoning: request.approval?.reasoning ?? null,
        impacts: jsonOf(request.approval?.impacts),
      })),
);

export const suggestions = tableOfRuns(
  'suggestions',
  'What a judge advised after reading a text of an item, and what became of it',
  {
    suggestion_id: ['VARCHAR', 'Its id'],
    item_id: ['VARCHAR', 'The item'],
    revision: ['INTEGER', 'The attempt whose text it is about; 0: the original'],
    span_id: ['VARCHAR', "The judge's span"],
    agent: ['VARCHAR', 'The judge'],
    text: ['VARCHAR', 'The advice'],
    verdicts: ['VARCHAR[]', 'The verdicts it belongs to: `verdicts.verdict_id`'],
    told_span_id: [
      'VARCHAR',
      "The span of the next attempt's writer, who was shown it; null if there was none",
    ],
    status: [
      'VARCHAR',
      '`addressed`, `partial` or `ignored`, by the judge of the next attempt; null if nobody asked',
    ],
    evidence: ['VARCHAR', "The passage of the next attempt's text that shows it"],
    judged_by_span_id: ['VARCHAR', 'The span of that judge'],
  },
  ({ reading, isOwn }) =>
    reading.suggestions
      .filter(({ span_id }) => isOwn(span_id))
      .map(({ id, attempt, told, judged_by, ...suggestion }) => ({
        ...suggestion,
        suggestion_id: id,
        revision: attempt,
        told_span_id: told,
        judged_by_span_id: judged_by,
      })),
);
