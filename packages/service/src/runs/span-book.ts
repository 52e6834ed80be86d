import { attribute, type SpanNote, type SpanObserver } from '@agento/tracing';
import { keyOf } from './part-key.ts';

/** A record of the `spans` stream. */
export type SpanRecord = { begun: SpanNote } | { safe: string[] };

type Append = (record: SpanRecord) => void;

/** A part whose spans are noted. */
interface Page {
  append: Append;
  /** Spans that have begun and are not safe yet. */
  open: Set<string>;
  whenSafe: (() => void)[];
}

/** Which part's spans have begun, and which of them can no longer be lost. */
export interface SpanBook extends SpanObserver {
  /** Spans of the part are noted from now on. */
  open(part: { runId: string; attempt: number }, append: Append): void;
  /** Notes spans that began before anybody knew whose they are. */
  note(part: { runId: string; attempt: number }, notes: SpanNote[]): void;
  /** Resolves when every span of the part is safe; it is noted no longer. */
  close(part: { runId: string; attempt: number }): Promise<void>;
}

export function createSpanBook(): SpanBook {
  const pages = new Map<string, Page>();
  const pageOf = new Map<string, Page>();

  function begin(page: Page, spanId: string, note: SpanNote): void {
    page.open.add(spanId);
    pageOf.set(spanId, page);
    page.append({ begun: note });
  }

  return {
    open: (part, append) => void pages.set(keyOf(part), { append, open: new Set(), whenSafe: [] }),
    note(part, notes) {
      const page = pages.get(keyOf(part));
      if (page) for (const note of notes) begin(page, note.span_id, note);
    },
    began({ spanId, attributes }, note) {
      const page = pages.get(
        keyOf({
          runId: String(attributes[attribute.runId]),
          attempt: Number(attributes[attribute.runAttempt]),
        }),
      );
      if (page) begin(page, spanId, note());
    },
    safe(spanIds) {
      const byPage = Map.groupBy(spanIds, (id) => pageOf.get(id));
      for (const [page, ids] of byPage) {
        if (!page) continue;
        for (const id of ids) {
          page.open.delete(id);
          pageOf.delete(id);
        }
        page.append({ safe: ids });
        if (page.open.size === 0) for (const tell of page.whenSafe.splice(0)) tell();
      }
    },
    async close(part) {
      const page = pages.get(keyOf(part));
      if (!page) return;
      if (page.open.size > 0) await new Promise<void>((resolve) => page.whenSafe.push(resolve));
      if (pages.get(keyOf(part)) === page) pages.delete(keyOf(part));
    },
  };
}

/** What earlier executions of a part left in its `spans` stream. */
export interface SpansLeft {
  /** Spans that began and are not known to be safe, parents first. */
  lost: SpanNote[];
  /** The spans of whole executions, `run_module_N`, in order. */
  executions: { trace_id: string; span_id: string }[];
}

export function readSpans(records: readonly SpanRecord[], runSpan: string): SpansLeft {
  const begun = new Map<string, SpanNote>();
  const executions: SpansLeft['executions'] = [];
  for (const record of records) {
    if ('safe' in record) for (const id of record.safe) begun.delete(id);
    else {
      const { trace_id, span_id, name } = record.begun;
      begun.set(span_id, record.begun);
      if (name === runSpan) executions.push({ trace_id, span_id });
    }
  }
  return { lost: [...begun.values()], executions };
}
