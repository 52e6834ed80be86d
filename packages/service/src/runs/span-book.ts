import { attribute, type SpanNote, type SpanObserver } from '@agento/tracing';
import { keyOf } from './part-key.ts';

/** A record of the `spans` stream. */
export type SpanRecord = { begun: SpanNote } | { safe: string[] };

/** A part whose spans are noted. */
interface Page {
  /** Null until the part is executed here: what is to be recorded waits. */
  append: ((record: SpanRecord) => Promise<void>) | null;
  waiting: SpanRecord[];
  /** Resolves when what was recorded so far is written. */
  written: Promise<void>;
  /** Spans that have begun and are not safe yet. */
  open: Set<string>;
  whenSafe: (() => void)[];
}

type Named = { runId: string; attempt: number };

/** Which part's spans have begun, and which of them can no longer be lost. */
export interface SpanBook extends SpanObserver {
  /** The spans of the request that begins a part: they began before anybody knew whose they are. */
  expect(part: Named, notes: readonly SpanNote[]): void;
  /** The part's spans are recorded from now on. */
  open(part: Named, append: (record: SpanRecord) => Promise<void>): void;
  /** Whether the part was begun in this process, and its request's spans are noted. */
  expects(part: Named): boolean;
  /** The part is executed elsewhere. */
  forget(part: Named): void;
  /** Resolves when every span of the part is safe, and that is written; they are recorded no longer. */
  close(part: Named): Promise<void>;
}

export function createSpanBook(): SpanBook {
  const pages = new Map<string, Page>();
  const pageOf = new Map<string, Page>();

  function pageFor(key: string): Page {
    const page = pages.get(key) ?? {
      append: null,
      waiting: [],
      written: Promise.resolve(),
      open: new Set(),
      whenSafe: [],
    };
    pages.set(key, page);
    return page;
  }

  function begin(page: Page, spanId: string): void {
    page.open.add(spanId);
    pageOf.set(spanId, page);
  }

  function record(page: Page, entry: SpanRecord): void {
    if (page.append) page.written = page.append(entry);
    else page.waiting.push(entry);
  }

  return {
    expect(part, notes) {
      const page = pageFor(keyOf(part));
      for (const { span_id } of notes) begin(page, span_id);
    },
    open(part, append) {
      const page = pageFor(keyOf(part));
      page.append = append;
      for (const entry of page.waiting.splice(0)) record(page, entry);
    },
    began({ spanId, attributes }, note) {
      const runId = String(attributes[attribute.runId]);
      const page = pages.get(keyOf({ runId, attempt: Number(attributes[attribute.runAttempt]) }));
      if (!page) return;
      begin(page, spanId);
      record(page, { begun: note() });
    },
    safe(spanIds) {
      const byPage = Map.groupBy(spanIds, (id) => pageOf.get(id));
      for (const [page, ids] of byPage) {
        if (!page) continue;
        for (const id of ids) {
          page.open.delete(id);
          pageOf.delete(id);
        }
        record(page, { safe: ids });
        if (page.open.size === 0) for (const tell of page.whenSafe.splice(0)) tell();
      }
    },
    expects: (part) => pages.has(keyOf(part)),
    forget: (part) => void pages.delete(keyOf(part)),
    async close(part) {
      const page = pages.get(keyOf(part));
      if (!page) return;
      if (page.open.size > 0) await new Promise<void>((resolve) => page.whenSafe.push(resolve));
      await page.written;
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

/** @param request the spans of the request that began it; `runSpan`: the name of the span of an execution */
export function readSpans(
  request: readonly SpanNote[],
  records: readonly SpanRecord[],
  runSpan: string,
): SpansLeft {
  const begun = new Map(request.map((note) => [note.span_id, note]));
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
