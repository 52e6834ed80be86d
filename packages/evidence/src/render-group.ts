import { printable } from '@agento/contracts';
import { isChat } from './calls.ts';
import { type RecordedSpan, textOf } from './model.ts';
import { shortened } from './page/wrap.ts';
import { decisionOf } from './reading/decision.ts';
import { verdictsIn } from './reading/verdict.ts';
import { type Colors, tokensOf } from './render-span.ts';
import { itemOf } from './run.ts';
import { duration } from './tables.ts';
import type { SpanTree } from './tree.ts';

/** Most ids that a line names. */
const mostNamed = 8;

/** Several steps of one name in a line: how many, how long from first to last, verdicts and which failed, choices, errors. */
export function groupLine(spans: RecordedSpan[], tree: SpanTree, colors: Colors): string {
  const [first] = spans;
  const start = spans.reduce((least, span) => Math.min(least, Number(span.start)), Number.POSITIVE_INFINITY);
  const end = spans.reduce((most, span) => Math.max(most, Number(span.end)), 0);
  const agents = [...new Set(spans.map(({ attributes }) => textOf(attributes, 'agent.name')))].filter(
    Boolean,
  );
  const errors = spans.filter(({ status }) => status.code === 'ERROR');
  return [
    `${colors.bold(printable(first?.name ?? ''))} ×${spans.length}`,
    colors.dim(duration((end - start) / 1e6)),
    colors.cyan(printable(agents.join(', '))),
    tokensOf(spans.flatMap((span) => tree.below(span)).filter(isChat)),
    ...verdictFacts(spans, colors),
    ...choiceFacts(spans),
    ...(errors.length > 0 ? [colors.red(`${errors.length} failed: ${printable(reasonsOf(errors))}`)] : []),
  ]
    .filter(Boolean)
    .join('  ');
}

/** Most failures that are told apart, and most characters of what each says. */
const mostReasons = 2;
const reasonLength = 160;

/** What the failures say, each once. */
function reasonsOf(errors: RecordedSpan[]): string {
  const reasons = errors.map(({ attributes, status }) =>
    shortened([textOf(attributes, 'error.type'), status.message].filter(Boolean).join(': '), reasonLength),
  );
  return [...new Set(reasons)].slice(0, mostReasons).join('; ');
}

function verdictFacts(spans: RecordedSpan[], colors: Colors): string[] {
  const verdicts = spans.flatMap(verdictsIn);
  if (verdicts.length === 0) return [];
  const failed = verdicts.filter(({ pass }) => pass === false);
  const ids = failed.map(({ item_id, plan_id, criterion_id }) =>
    [item_id ?? plan_id, criterion_id].filter(Boolean).join(' '),
  );
  const named = listed(ids);
  return [
    `${verdicts.length - failed.length} of ${verdicts.length} pass`,
    ...(named ? [colors.red(`fail: ${named}`)] : []),
  ];
}

function choiceFacts(spans: RecordedSpan[]): string[] {
  const choices = spans.flatMap((span) => {
    const decision = decisionOf(span);
    return decision ? [`${itemOf(span)} ${decision.chosen.join(' ') || 'none'}`.trim()] : [];
  });
  return choices.length > 0 ? [`chose ${listed(choices)}`] : [];
}

function listed(ids: string[]): string {
  const more = ids.length > mostNamed ? `, and ${ids.length - mostNamed} more` : '';
  return printable(ids.slice(0, mostNamed).join(', ')) + more;
}
