import { attribute, type SpanNote, type SpanObserver } from '@agento/tracing';

/** A record of the `spans` stream. */
export type SpanRecord = { begun: SpanNote } | { safe: string[] };

/** An execution whose spans are noted. */
interface Page {
  /** Null until it begins: what is to be recorded waits. */
  append: ((record: SpanRecord) => Promise<void>) | null;
  waiting: SpanRecord[];
  /** Resolves when what was recorded so far is written. */
  written: Promise<void>;
  /** Spans that have begun and are not safe yet. */
  open: Set<string>;
  whenSafe: (() => void)[];
}

/** An attempt at a run, of the one module whose book it is. */
type Attempt = { runId: string; attempt: number };
/** One execution of it; 0 of a part that has only been begun stands for the first. */
type Execution = Attempt & { executions: number };

/** Which execution's spans have begun, and which of them can no longer be lost. */
export interface SpanBook extends SpanObserver {
  /** Spans that are the execution's although they do not say so: of the request that began the part, or lost ones that it ends. */
  expect(part: Execution, notes: readonly SpanNote[]): void;
  /** The execution's spans are recorded from now on. */
  open(part: Execution, append: (record: SpanRecord) => Promise<void>): void;
  /** Whether the part was begun in this process, and its request's spans are noted. */
  expects(part: Execution): boolean;
  /** The part is executed elsewhere. */
  forget(part: Attempt): void;
  /** Resolves when every span of the execution is safe, and that is written; they are recorded no longer. */
  close(part: Execution): Promise<void>;
}

function keyOf({ runId, attempt, executions }: Execution): string {
  return `${runId}/${attempt}/${Math.max(1, executions)}`;
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
    const before = pageOf.get(spanId);
    pageOf.set(spanId, page);
    page.open.add(spanId);
    // It was an earlier execution's, which then waits for it no longer.
    if (before && before !== page) done(before, spanId);
  }

  function done(page: Page, spanId: string): void {
    page.open.delete(spanId);
    if (page.open.size === 0) for (const tell of page.whenSafe.splice(0)) tell();
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
      const attempt = Number(attributes[attribute.runAttempt]);
      const executions = Number(attributes[attribute.runExecution]);
      const page = pages.get(keyOf({ runId, attempt, executions }));
      if (!page) return;
      begin(page, spanId);
      record(page, { begun: note() });
    },
    safe(spanIds) {
      const byPage = Map.groupBy(spanIds, (id) => pageOf.get(id));
      for (const [page, ids] of byPage) {
        if (!page) continue;
        record(page, { safe: ids });
        for (const id of ids) {
          pageOf.delete(id);
          done(page, id);
        }
      }
    },
    expects: (part) => pages.has(keyOf(part)),
    forget(part) {
      const key = keyOf({ ...part, executions: 1 });
      if (pages.get(key)?.append === null) pages.delete(key);
    },
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
