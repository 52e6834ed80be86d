import { attribute } from '@agento/tracing';
import { expect, test } from 'vitest';
import { createSpanBook, type SpanBook, type SpanRecord } from '../src/runs/span-book.ts';

const runId = '0b0e3c1a-7f43-4b3d-9c55-0c7f1f6f2a11';
const first = { runId, attempt: 1, executions: 1 };
const second = { ...first, executions: 2 };

const noteOf = (name: string) =>
  ({ span_id: name.padEnd(16, '0') }) as ReturnType<Parameters<SpanBook['began']>[1]>;

/** A span of an execution begins; its id. */
function begin(book: SpanBook, { executions }: { executions: number }, name: string): string {
  const note = noteOf(name);
  const attributes = {
    [attribute.runId]: runId,
    [attribute.runAttempt]: 1,
    [attribute.runExecution]: executions,
  };
  book.began({ spanId: note.span_id, attributes } as Parameters<SpanBook['began']>[0], () => note);
  return note.span_id;
}

/** Opens the book for an execution; what is recorded in it, and whether it is closed. */
function opened(book: SpanBook, part: typeof first) {
  const records: SpanRecord[] = [];
  const state = { records, isClosed: false, close };
  async function close() {
    await book.close(part);
    state.isClosed = true;
  }
  book.open(part, async (record) => {
    records.push(record);
  });
  return state;
}

const soon = () => new Promise((resolve) => setImmediate(resolve));

test('A part is closed only once it is written that its spans are safe: what a repetition needs may be deleted then.', async () => {
  const book = createSpanBook();
  const records: SpanRecord[] = [];
  const { promise: disk, resolve: write } = Promise.withResolvers<void>();
  book.expect(first, []);
  book.open(first, (record) => {
    records.push(record);
    return 'safe' in record ? disk : Promise.resolve();
  });
  const id = begin(book, first, 'a');
  let isClosed = false;
  const closed = book.close(first).then(() => {
    isClosed = true;
  });

  book.safe([id]);
  await soon();
  expect([records, isClosed]).toEqual([[{ begun: noteOf('a') }, { safe: [id] }], false]);

  write();
  await closed;
  expect(book.expects(first)).toBe(false);
});

test('An execution that ended before its spans were safe closes nothing of the one that follows it here.', async () => {
  const book = createSpanBook();
  const one = opened(book, first);
  const old = begin(book, first, 'old');
  const closed = one.close();

  const two = opened(book, second);
  // Not known to be safe: whoever follows ends it again, and records that it is safe.
  book.expect(second, [noteOf('old')]);
  await closed;
  book.safe([old]);
  const own = begin(book, second, 'own');
  const closing = two.close();
  await soon();

  expect(one.records).toEqual([{ begun: noteOf('old') }]);
  expect(two.records).toEqual([{ safe: [old] }, { begun: noteOf('own') }]);
  expect(two.isClosed).toBe(false);
  book.safe([own]);
  await closing;
  expect(two.records.at(-1)).toEqual({ safe: [own] });
});

test('Spans of two executions at the same time are each recorded in their own.', async () => {
  const book = createSpanBook();
  const [one, two] = [opened(book, first), opened(book, second)];
  const ids = [begin(book, first, 'a'), begin(book, second, 'b')];
  book.safe(ids);

  expect(one.records).toEqual([{ begun: noteOf('a') }, { safe: [ids[0]] }]);
  expect(two.records).toEqual([{ begun: noteOf('b') }, { safe: [ids[1]] }]);
});

test('A part that is closed twice is closed once for both.', async () => {
  const book = createSpanBook();
  const one = opened(book, first);
  const id = begin(book, first, 'a');
  const both = Promise.all([one.close(), book.close(first)]);
  await soon();
  expect(one.isClosed).toBe(false);

  book.safe([id]);
  await both;
  await book.close(first);

  expect(one.records).toEqual([{ begun: noteOf('a') }, { safe: [id] }]);
});

test('Who was refused a part that is executed here forgets nothing of it.', async () => {
  const book = createSpanBook();
  const one = opened(book, first);
  book.forget(first);
  begin(book, first, 'a');

  expect(one.records).toEqual([{ begun: noteOf('a') }]);
});
