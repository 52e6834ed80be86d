import { attribute } from '@agento/tracing';
import { expect, test } from 'vitest';
import { createSpanBook, type SpanRecord } from '../src/runs/span-book.ts';

const part = { runId: '0b0e3c1a-7f43-4b3d-9c55-0c7f1f6f2a11', attempt: 1 };

test('A part is closed only once it is written that its spans are safe: what a repetition needs may be deleted then.', async () => {
  const book = createSpanBook();
  const records: SpanRecord[] = [];
  const { promise: disk, resolve: write } = Promise.withResolvers<void>();
  book.expect(part, []);
  book.open(part, (record) => {
    records.push(record);
    return 'safe' in record ? disk : Promise.resolve();
  });
  const attributes = { [attribute.runId]: part.runId, [attribute.runAttempt]: part.attempt };
  const note = { span_id: 'a'.repeat(16) } as ReturnType<Parameters<typeof book.began>[1]>;
  book.began({ spanId: note.span_id, attributes } as Parameters<typeof book.began>[0], () => note);
  let isClosed = false;
  const closed = book.close(part).then(() => {
    isClosed = true;
  });

  book.safe([note.span_id]);
  await new Promise((resolve) => setImmediate(resolve));
  expect([records, isClosed]).toEqual([[{ begun: note }, { safe: [note.span_id] }], false]);

  write();
  await closed;
  expect(book.expects(part)).toBe(false);
});
