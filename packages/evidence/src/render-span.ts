import { printable } from '@agento/contracts';
import type picocolors from 'picocolors';
import { isChat } from './calls.ts';
import {
  executionOf,
  handedOver,
  isFromJournal,
  isInterrupted,
  isReplayed,
  millisecondsOf,
  moduleOf,
  numberOf,
  type RecordedSpan,
  textOf,
} from './model.ts';
import { duration } from './tables.ts';

export type Colors = ReturnType<typeof picocolors.createColors>;

/** The name, and what sets a span apart in a run that was resumed. */
export function nameOf(span: RecordedSpan, resumed: Set<number>, colors: Colors): string {
  const isNumbered = /^(run_module_\d+|POST)$/.test(span.name) && resumed.has(moduleOf(span) ?? 0);
  const ended = handedOver(span)?.replace('_', ' ') ?? 'interrupted';
  return [
    colors.bold(printable(span.name)),
    ...(isNumbered ? [`execution ${executionOf(span)}`] : []),
    ...(isInterrupted(span) ? [colors.yellow(`(${ended})`)] : []),
    ...(span.attributes['agento.followed'] === true ? [colors.dim('(followed)')] : []),
    ...(isFromJournal(span) ? [colors.dim('(from the journal)')] : []),
    ...(isReplayed(span) ? [colors.dim('(replayed)')] : []),
  ].join(' ');
}

/** `explained`: a span below reports the same failure. */
export function factsOf(span: RecordedSpan, service: string, explained: boolean, colors: Colors): string[] {
  const { attributes } = span;
  const ids = [
    ['item', 'agento.item.id'],
    ['criterion', 'agento.criterion.id'],
    ['plan', 'agento.plan.id'],
    ['attempt', 'agento.attempt'],
  ].flatMap(([label, key = '']) =>
    attributes[key] === undefined ? [] : [`${label} ${printable(String(attributes[key]))}`],
  );
  const usage =
    isChat(span) && !isReplayed(span)
      ? [
          `${numberOf(attributes, 'gen_ai.usage.input_tokens') ?? '?'} → ${numberOf(attributes, 'gen_ai.usage.output_tokens') ?? '?'} tokens`,
        ]
      : [];
  const { code, message } = span.status;
  const error = [textOf(attributes, 'error.type'), explained ? '' : message].filter(Boolean).join(': ');
  const failed = code === 'ERROR' && !isInterrupted(span) ? [printable(`ERROR ${error}`)] : [];
  return [
    colors.dim(duration(millisecondsOf(span))),
    ...[service].filter(Boolean).map(colors.magenta),
    ...[printable(textOf(attributes, 'agent.name'))].filter(Boolean).map(colors.cyan),
    ...ids,
    ...usage,
    ...verdictsOf(span, colors),
    ...failed.map(colors.red),
  ];
}

/** A single verdict in full; several as the number passed; a decision as its choice. */
function verdictsOf(span: RecordedSpan, colors: Colors): string[] {
  const verdicts = span.events.filter((event) => event.name === 'gen_ai.evaluation.result');
  const labels = verdicts.map((event) => textOf(event.attributes, 'gen_ai.evaluation.score.label'));
  const shown: string[] = [];
  if (verdicts.length === 1) {
    const score = numberOf(verdicts[0]?.attributes ?? {}, 'gen_ai.evaluation.score.value');
    shown.push((labels[0] === 'pass' ? colors.green : colors.red)(printable(`${labels[0]} ${score ?? '?'}`)));
  } else if (verdicts.length > 1) {
    shown.push(`${labels.filter((label) => label === 'pass').length} of ${verdicts.length} pass`);
  }
  const chosen = span.attributes['agento.decision.chosen'];
  if (Array.isArray(chosen))
    shown.push(chosen.length > 0 ? printable(`chose ${chosen.join(', ')}`) : 'chose none');
  return shown;
}
