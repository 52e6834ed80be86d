import { describe, expect, test } from 'vitest';
import { isReference, type SpanLink, withSpan } from '../src/index.ts';
import { inTelemetry } from './in-trace.ts';

const trace_id = '0af7651916cd43dd8448eb211c80319c';
const span_id = 'b7ad6b7169203331';
const other = 'c8be7c827a314442';

async function linked(links: SpanLink[]) {
  const [span] = await inTelemetry(() => withSpan({ name: 'step', links }, async () => {}));
  return { links: span?.links, attributes: span?.attributes };
}

describe('A link', () => {
  test('says its relationship, its source and the id of the thing meant.', async () => {
    const to = { trace_id, span_id };

    const { links } = await linked([
      { to, relationship: 'predecessor', source: 'agento-module-1' },
      { to, relationship: 'plan', planId: 'p1' },
      { to, relationship: 'feedback', itemId: 'p1-i1', attempt: 1 },
      { to, relationship: 'criterion', criterionId: 'c1' },
    ]);

    const at = { traceId: trace_id, spanId: span_id };
    expect(links).toEqual([
      { ...at, attributes: { relationship: 'predecessor', source: 'agento-module-1' } },
      { ...at, attributes: { relationship: 'plan', 'agento.plan.id': 'p1' } },
      { ...at, attributes: { relationship: 'feedback', 'agento.item.id': 'p1-i1', 'agento.attempt': 1 } },
      { ...at, attributes: { relationship: 'criterion', 'agento.criterion.id': 'c1' } },
    ]);
  });

  test('is repeated on the span by relationship, each target once, since a link cannot be searched.', async () => {
    const { attributes } = await linked([
      { to: { trace_id, span_id }, relationship: 'criterion', criterionId: 'c1' },
      { to: { trace_id, span_id }, relationship: 'criterion', criterionId: 'c2' },
      { to: { trace_id, span_id: other }, relationship: 'item', itemId: 'p1-i1' },
      { to: { trace_id, span_id }, relationship: 'item', itemId: 'p1-i2' },
      { to: { trace_id, span_id }, source: 'openai-agents-sdk' },
    ]);

    expect(attributes).toEqual({
      'agento.link.criterion': [span_id],
      'agento.link.item': [other, span_id],
    });
  });

  test.each([
    ['an all-zero span id', { trace_id, span_id: '0'.repeat(16) }],
    ['an all-zero trace id', { trace_id: '0'.repeat(32), span_id }],
    ['upper-case digits', { trace_id: trace_id.toUpperCase(), span_id }],
    ['a short id', { trace_id, span_id: span_id.slice(1) }],
    ['a long id', { trace_id: `${trace_id}0`, span_id }],
    ['a newline behind the id', { trace_id: `${trace_id}\n`, span_id }],
    ['no hex', { trace_id, span_id: 'nonsense-nonsens' }],
    ['empty ids', { trace_id: '', span_id: '' }],
  ])('with %s leads nowhere: it is dropped, on the span as well.', async (_what, to) => {
    expect(isReference(to)).toBe(false);
    expect(await linked([{ to, relationship: 'item', itemId: 'p1-i1' }])).toEqual({
      links: [],
      attributes: {},
    });
  });
});
