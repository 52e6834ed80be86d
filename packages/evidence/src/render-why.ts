import { printable } from '@agento/contracts';
import { type RecordedSpan, textOf } from './model.ts';
import { wrapped } from './page/wrap.ts';
import { decisionOf } from './reading/decision.ts';
import { verdictsIn } from './reading/verdict.ts';
import type { Colors } from './render-span.ts';

/** Why a span decided and judged as it did, for the lines below it. Of several verdicts those that did not pass. */
export function whyLines(span: RecordedSpan, width: number, colors: Colors): string[] {
  const decision = decisionOf(span);
  const verdicts = verdictsIn(span);
  const told = verdicts.length === 1 ? verdicts : verdicts.filter(({ pass }) => pass !== true);
  const reasons = [
    ...(decision?.reason ? [`chose ${decision.chosen.join(', ') || 'none'}: ${decision.reason}`] : []),
    ...(decision?.tie_break ? [`tie broken: ${decision.tie_break}`] : []),
    ...(decision?.candidates.flatMap(({ id, reason }) => (reason ? [`not ${id}: ${reason}`] : [])) ?? []),
    ...told.flatMap(({ pass, plan_id, item_id, criterion_id, constraint_id, explanation }) =>
      explanation
        ? [
            `${pass ? 'pass' : 'fail'} ${[plan_id ?? item_id, criterion_id ?? constraint_id].filter(Boolean).join(' ')}: ${explanation}`,
          ]
        : [],
    ),
    ...span.events
      .filter(({ name }) => name === 'agento.feedback')
      .map(
        ({ attributes }) =>
          `${textOf(attributes, 'suggestion_id')} ${textOf(attributes, 'status')}: ${textOf(attributes, 'text')}`,
      ),
  ];
  return reasons.flatMap((reason) =>
    wrapped(printable(reason), Math.max(30, width - 2)).map((line, index) =>
      colors.dim(index === 0 ? line : `  ${line}`),
    ),
  );
}
