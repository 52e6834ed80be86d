import { decisionFindings, type Finding, type ReviewBody, type ReviewDecision } from '@agento/contracts';

/** Most requests that a finding names. */
const mostNamed = 8;

/** What is wrong with decisions that their schema cannot say: of no such request, twice, or missing. */
export function reviewFindings({ decisions, others }: ReviewBody, requests: readonly string[]): Finding[] {
  const named = decisions.map(({ request }) => request);
  const found = decisionFindings(decisions, requests, '/decisions');
  const open = requests.filter((id) => !named.includes(id));
  if (open.length === 0 || others === 'keep') return found;
  const more = open.length > mostNamed ? ` and ${open.length - mostNamed} more` : '';
  const detail = `leaves ${open.slice(0, mostNamed).join(', ')}${more} undecided: name every request, or send "others": "keep" to have module 4's own decision stand for the rest`;
  return [...found, { pointer: '/decisions', detail }];
}

/** Whether two lists say the same, in whatever order. */
export function sameDecisions(one: readonly ReviewDecision[], other: readonly ReviewDecision[]): boolean {
  return asText(one) === asText(other);
}

function asText(decisions: readonly ReviewDecision[]): string {
  const rows = decisions.map(({ request, decision, reason = '', text = '' }) => [
    request,
    decision,
    reason,
    text,
  ]);
  return JSON.stringify(rows.sort(([a = ''], [b = '']) => (a < b ? -1 : Number(a > b))));
}
