import type { Page } from '../page/page.ts';
import { section } from '../page/page.ts';
import {
  type Decision,
  type Link,
  linksByEnd,
  type RunReading,
  type Suggestion,
  type Verdict,
} from '../reading/index.ts';
import { criterionLabel, score, spanLabel, words } from './labels.ts';

/** Blocks that several pages share. */

/** Every candidate, the best first, with its scores and why it was not chosen. */
export function decisionBlocks(decision: Decision, reading: RunReading): Page {
  const chosen = decision.chosen.length > 0 ? decision.chosen.join(', ') : 'none';
  const order = [...decision.candidates].sort(
    (one, other) => (one.rank ?? Number.POSITIVE_INFINITY) - (other.rank ?? Number.POSITIVE_INFINITY),
  );
  const lead = words(
    decision.margin !== null && `margin ${score(decision.margin)}`,
    decision.tie_break && `tie broken: ${decision.tie_break}`,
  );
  return [
    ...section(`Decision ${decision.kind}: chose ${chosen}`, [
      ...[decision.reason, lead].flatMap((head) => (head ? [{ head }] : [])),
      ...order.map(({ id, label, scores, rank, is_chosen, reason }) => ({
        head: words(`${id}${rank === null ? '' : `, rank ${rank}`}, ${scoresText(scores, decision.by)}`),
        body: [label ? `“${label}”` : '', reason ? `not chosen: ${reason}` : ''].filter(Boolean).join('\n'),
        tone: is_chosen ? ('good' as const) : ('bad' as const),
      })),
    ]),
    ...(reading.has_content || decision.reason ? [] : [contentOff]),
  ];
}

const contentOff = {
  is: 'prose',
  text: 'Content was switched off: reasons and labels are not recorded.',
} as const;

/** The deciding score first. */
function scoresText(scores: Record<string, number>, by: string): string {
  const { [by]: main, ...rest } = scores;
  const parts = Object.entries(rest).map(([name, value]) => `${name} ${score(value)}`);
  return `${by} ${score(main ?? null)}${parts.length > 0 ? ` (${parts.join(', ')})` : ''}`;
}

/** `about`: what the page itself is about, and need not be said again. */
export function verdictEntry(
  verdict: Verdict,
  reading: RunReading,
  about: 'criterion' | 'item' | 'step' = 'step',
) {
  const { pass, status, criterion_id, constraint_id, item_id, plan_id, attempt } = verdict;
  const label = pass === null ? 'no verdict' : pass ? 'pass' : 'fail';
  const subject = [
    about === 'item' ? null : (item_id ?? plan_id),
    attempt === null ? null : attempt === 0 ? 'original' : `attempt ${attempt}`,
  ];
  const by =
    about === 'criterion'
      ? ''
      : criterionLabel(reading, criterion_id ?? constraint_id, about === 'item' ? 40 : 60);
  return {
    head: [
      `${label} ${score(verdict.score)}`,
      ...(status ? [status] : []),
      ...subject.filter((part) => part !== null),
      ...(by ? [by] : []),
      ...(about === 'step' ? [] : [`${verdict.kind} by ${verdict.judge} ${verdict.span_id}`]),
    ].join('  '),
    body: verdict.explanation ?? undefined,
    tone: pass === null ? ('odd' as const) : pass ? ('good' as const) : ('bad' as const),
  };
}

export function verdictBlocks(
  verdicts: Verdict[],
  reading: RunReading,
  about?: 'criterion' | 'item' | 'step',
): Page {
  const passed = verdicts.filter(({ pass }) => pass).length;
  const heading = verdicts.length === 1 ? 'Verdict' : `Verdicts: ${passed} of ${verdicts.length} pass`;
  return section(
    heading,
    verdicts.map((verdict) => verdictEntry(verdict, reading, about)),
  );
}

export function suggestionEntry({ id, text, status, evidence, told }: Suggestion) {
  const fate = status ?? (told ? 'not answered' : 'told nobody');
  return {
    head: `${id}  ${fate}`,
    body: [text ?? '', evidence ? `shown by “${evidence}”` : ''].filter(Boolean).join('\n'),
    tone:
      status === 'addressed' ? ('good' as const) : status === 'ignored' ? ('bad' as const) : ('odd' as const),
  };
}

/** What it used, and what used it; several links of a kind between the same two are one line. */
export function linkBlocks(spanId: string, reading: RunReading): Page {
  const links = linksByEnd(reading);
  return [
    ...section('Uses', linkEntries(links.from(spanId), 'to', reading)),
    ...section('Used by', linkEntries(links.to(spanId), 'from', reading)),
  ];
}

function linkEntries(links: Link[], end: 'from' | 'to', reading: RunReading) {
  const same = Map.groupBy(links, (link) => `${link.relationship} ${link[end]}`);
  return [...same.values()].flatMap((group) => {
    const [link] = group;
    if (!link) return [];
    const ids = group.flatMap(({ about }) => about.criterion_id ?? []);
    const where = link.other_trace !== null && end === 'to' ? `in trace ${link.other_trace}` : '';
    const missing = !link.is_found && end === 'to' && !where ? 'which is not in this trace' : where;
    return {
      head: [
        link.relationship || 'unnamed',
        spanLabel(reading, link[end]),
        link[end],
        ids.length > 0 ? `(${ids.join(', ')})` : '',
        missing,
      ]
        .filter(Boolean)
        .join('  '),
    };
  });
}
