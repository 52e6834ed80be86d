import { checkKeys, type Finding, type ReviewBody, type ReviewDecision } from '@agento/contracts';

/** Most requests that a finding names. */
const mostNamed = 8;

/** What is wrong with decisions that their schema cannot say: of no such request, twice, or missing. */
export function reviewFindings({ decisions, others }: ReviewBody, requests: readonly string[]): Finding[] {
  const known = new Set(requests);
  const named = decisions.map(({ request }) => request);
  const unknown = checkKeys(
    named,
    (index) => `/decisions/${index}/request`,
    (id) => (known.has(id) ? null : 'is not a revision request of this run: GET lists them'),
  );
  const open = requests.filter((id) => !named.includes(id));
  if (open.length === 0 || others === 'keep') return unknown;
  const more = open.length > mostNamed ? ` and ${open.length - mostNamed} more` : '';
  const detail = `leaves ${open.slice(0, mostNamed).join(', ')}${more} undecided: name every request, or send "others": "keep" to have module 4's own decision stand for the rest`;
  return [...unknown, { pointer: '/decisions', detail }];
}

/** Whether two lists say the same, in whatever order. */
export function sameDecisions(one: readonly ReviewDecision[], other: readonly ReviewDecision[]): boolean {
  return asText(one) === asText(other);
}

function asText(decisions: readonly ReviewDecision[]): string {
  const rows = decisions.map((given) => {
    const { request, decision, reason = '' } = given;
    return [request, decision, reason, 'text' in given ? given.text : ''];
  });
  return JSON.stringify(rows.sort(([a = ''], [b = '']) => (a < b ? -1 : Number(a > b))));
}
