import { initializeTracing } from '@agento/tracing';
import { collectSpans } from '@agento/tracing/testing';
import { expect, test } from 'vitest';

test('A tool leaves a span.', () => {
  const collection = collectSpans();
  const { tracer } = initializeTracing({ processors: [collection.processor] });
  tracer.createToolSpan({ toolName: 'search_engine', parameters: { words: 'bicycle' } }).end();
  expect(collection.spans()).toMatchObject([{ name: 'tool.search_engine' }]);
});
