import { type Context, type Span, trace } from '@opentelemetry/api';
import { contextBelow, type LibrarySpanStart, startOf } from '../library/begin.ts';
import { attribute } from '../names.ts';
import { activeSpan, beginSpan } from '../span.ts';

interface Open<Note> {
  note: Note | undefined;
  /** Null for what has no span of its own. */
  span: Span | null;
  below: Context;
  /** Active where it began. */
  outside: Span | undefined;
}

/**
 * The spans of a framework that tells of its work by callbacks, and names it and its parent by ids of its own. Work of an
 * unknown parent, and what begins in a span that was opened by hand below its parent, is below the active span. A note made
 * at the beginning is there at the end.
 */
export class ForeignSpans<Note = never> {
  readonly #open = new Map<string, Open<Note>>();

  /** The span of the work with that id; `finish` ends it. */
  begin(id: string, parentId: string | null | undefined, start: LibrarySpanStart, note?: Note): Span {
    const { span, active } = beginSpan(startOf({ ...start, parent: this.#below(parentId) }));
    this.#open.set(id, { span, note, below: active, outside: trace.getActiveSpan() });
    return span;
  }

  /** The work with that id has no span: what is below it is below its parent's. */
  pass(id: string, parentId: string | null | undefined): void {
    const below = this.#below(parentId);
    this.#open.set(id, { span: null, note: undefined, below, outside: trace.getActiveSpan() });
  }

  /** Ends the span once `last` has written on it; nothing if there is none. */
  finish(id: string, last: (span: Span, note: Note | undefined) => void = () => {}): void {
    const { span, note } = this.#open.get(id) ?? {};
    this.#open.delete(id);
    if (!span) return;
    try {
      last(span, note);
    } finally {
      span.end();
    }
  }

  /** The span of the work with that id, or of what is above it; without one, the active span. */
  spanOf(id: string | null | undefined): Span {
    const known = this.#open.get(id ?? '');
    return (known && trace.getSpan(known.below)) ?? activeSpan();
  }

  /** Ends whatever has not been ended. */
  finishAll(): void {
    for (const id of [...this.#open.keys()]) this.finish(id);
  }

  #below(parentId: string | null | undefined): Context {
    const parent = this.#open.get(parentId ?? '');
    if (!parent) return contextBelow();
    const active = trace.getActiveSpan();
    const isOpenedByHand =
      active !== parent.outside && traceIdOf(active) === traceIdOf(trace.getSpan(parent.below));
    return isOpenedByHand ? contextBelow() : parent.below;
  }
}

/** How the span of an agent's run starts: `{name}.run`. */
export function agentRunStart(name: string): LibrarySpanStart {
  return {
    name: `${name}.run`,
    scope: { [attribute.agentName]: name },
    attributes: { [attribute.genAiOperation]: 'invoke_agent', [attribute.genAiAgentName]: name },
  };
}

function traceIdOf(span: Span | undefined): string | undefined {
  return span?.spanContext().traceId;
}
