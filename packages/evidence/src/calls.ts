import {
  executionOf,
  isFromJournal,
  isInterrupted,
  isReplayed,
  moduleOf,
  numberOf,
  type RecordedSpan,
  textOf,
} from './model.ts';

export interface Calls {
  /** The calls that a run needed, each once. */
  needed: RecordedSpan[];
  /** Calls that were made again, since a process died before their answer was recorded. */
  inVain: RecordedSpan[];
  /** Calls that a recorded run had answered, each once: nobody was asked. */
  replayed: RecordedSpan[];
}

/**
 * The model calls among these spans, each key once per attempt and module: a call stands for those of later executions
 * that took its answer from the journal, or else for those that asked in vain before it.
 */
export function callsOf(spans: readonly RecordedSpan[]): Calls {
  const calls: Calls = { needed: [], inVain: [], replayed: [] };
  const all = Map.groupBy(spans.filter(isChat), identityOf);
  for (const same of all.values()) {
    const given = same.filter(isReplayed);
    if (given.length > 0) {
      calls.replayed.push(given.find((span) => !isInterrupted(span)) ?? (given[0] as RecordedSpan));
      continue;
    }
    const made = same.filter((span) => !isFromJournal(span));
    const recalled = same.filter(isFromJournal);
    const recorded = recordedOf(made, recalled);
    // What another process ended says nothing of its answer.
    const told = recorded && !isInterrupted(recorded) ? recorded : (recalled[0] ?? recorded);
    if (told) calls.needed.push(told);
    for (const span of made.filter((span) => span !== recorded)) {
      // A call may be refused in one form and answered in another.
      const isOfIts = recorded !== null && executionOf(span) === executionOf(recorded);
      (isOfIts ? calls.needed : calls.inVain).push(span);
    }
  }
  return calls;
}

/** A model call's span. */
export function isChat(span: RecordedSpan): boolean {
  return span.attributes['gen_ai.operation.name'] === 'chat';
}

/** Older traces name no key: each of their calls is one. */
function identityOf(span: RecordedSpan): string {
  const key = textOf(span.attributes, 'agento.call.key');
  const attempt = numberOf(span.attributes, 'agento.run.attempt') ?? 1;
  return key === '' ? span.span_id : `${attempt} ${moduleOf(span)} ${key}`;
}

/** The call whose answer was used: the one that the journal names, else the last one made. */
function recordedOf(made: RecordedSpan[], recalled: RecordedSpan[]): RecordedSpan | null {
  const named = new Set(
    recalled.flatMap(({ links }) =>
      links
        .filter(({ attributes, lost }) => lost || attributes.relationship === 'recorded_by')
        .map(({ span_id }) => span_id),
    ),
  );
  if (named.size > 0) return made.find(({ span_id }) => named.has(span_id)) ?? null;
  return made.reduce<RecordedSpan | null>(
    (last, span) => (last && executionOf(last) > executionOf(span) ? last : span),
    null,
  );
}
