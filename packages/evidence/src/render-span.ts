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
import { shortened } from './page/wrap.ts';
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

/** What a span's line says beside its name. */
export interface Circumstances {
  service: string;
  /** A span below reports the same failure. */
  explained: boolean;
  /** Spans below it that have no line of their own: calls among them are summed up in its line. */
  calls: RecordedSpan[];
  /** Texts of criteria by id. */
  criteria: Map<string, string>;
  colors: Colors;
}

/** How much of a criterion's text stands beside its id. */
const criterionLength = 40;

export function factsOf(
  span: RecordedSpan,
  { service, explained, calls, criteria, colors }: Circumstances,
): string[] {
  const { attributes } = span;
  const ids = [
    ['item', 'agento.item.id'],
    ['criterion', 'agento.criterion.id'],
    ['plan', 'agento.plan.id'],
    ['attempt', 'agento.attempt'],
  ].flatMap(([label = '', key = '']) => {
    const value = attributes[key];
    if (value === undefined) return [];
    const text = label === 'criterion' ? criteria.get(String(value)) : undefined;
    const said = text === undefined ? '' : colors.dim(` “${printable(shortened(text, criterionLength))}”`);
    return [`${label} ${printable(String(value))}${said}`];
  });
  const usage = tokensOf(isChat(span) ? [span] : calls.filter(isChat));
  const { code, message } = span.status;
  const error = [textOf(attributes, 'error.type'), explained ? '' : message].filter(Boolean).join(': ');
  const failed = code === 'ERROR' && !isInterrupted(span) ? [printable(`ERROR ${error}`)] : [];
  return [
    colors.dim(duration(millisecondsOf(span))),
    ...[service].filter(Boolean).map(colors.magenta),
    ...[printable(textOf(attributes, 'agent.name'))].filter(Boolean).map(colors.cyan),
    ...ids,
    ...(usage === '' ? [] : [usage]),
    ...(calls.some(isReplayed) ? [colors.dim('replayed')] : []),
    ...(attributes['agento.repaired'] === true ? [colors.yellow('repaired')] : []),
    ...verdictsOf(span, colors),
    ...failed.map(colors.red),
  ];
}

/** Tokens of these calls, but for those that were replayed; empty if there are none. */
export function tokensOf(all: RecordedSpan[]): string {
  const calls = all.filter((call) => !isReplayed(call));
  if (calls.length === 0) return '';
  const sum = (way: 'input' | 'output') =>
    calls.reduce<number | null>((total, { attributes }) => {
      const count = numberOf(attributes, `gen_ai.usage.${way}_tokens`);
      return total === null || count === null ? null : total + count;
    }, 0) ?? '?';
  return `${sum('input')} → ${sum('output')} tokens`;
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
