import { describe, expect, test } from 'vitest';
import { textOfBytes } from '../src/documents.ts';
import { parseOtlpJson, parseTraces } from '../src/index.ts';
import { goodTrace } from './good-trace.ts';

const traceId = '5b8efff798038103d269b633813fc60c';

function line(...spans: object[]): string {
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'a' } }] };
  return JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 's' }, spans }] }] });
}
const span = {
  traceId,
  spanId: 'eee19b7ec3c1b174',
  name: 'work',
  startTimeUnixNano: '1544712660000000000',
  endTimeUnixNano: '1544712661000000001',
};

describe('OTLP JSON is read', () => {
  test('with every kind of value as the plain one', () => {
    const attributes = [
      { key: 'text', value: { stringValue: '' } },
      { key: 'whole', value: { intValue: '3' } },
      { key: 'float', value: { doubleValue: 0.5 } },
      { key: 'whole float', value: { doubleValue: 1 } },
      { key: 'no', value: { boolValue: false } },
      { key: 'list', value: { arrayValue: { values: [{ intValue: '1' }, { intValue: '2' }] } } },
      { key: 'empty list', value: { arrayValue: {} } },
    ];
    const links = [{ traceId, spanId: 'eee19b7ec3c1b173', attributes: [attributes[0]] }];
    const events = [{ timeUnixNano: '1544712660500000000', name: 'happened', attributes: [attributes[1]] }];
    const status = { code: 2, message: 'broken' };

    expect(
      parseOtlpJson(line({ ...span, kind: 3, parentSpanId: '', attributes, links, events, status })),
    ).toEqual({
      trace_id: traceId,
      encoding_problems: [],
      spans: [
        {
          trace_id: traceId,
          span_id: 'eee19b7ec3c1b174',
          parent_span_id: '',
          name: 'work',
          kind: 'CLIENT',
          start: 1_544_712_660_000_000_000n,
          end: 1_544_712_661_000_000_001n,
          status: { code: 'ERROR', message: 'broken' },
          attributes: {
            text: '',
            whole: 3,
            float: 0.5,
            'whole float': 1,
            no: false,
            list: [1, 2],
            'empty list': [],
          },
          links: [{ trace_id: traceId, span_id: 'eee19b7ec3c1b173', attributes: { text: '' } }],
          events: [{ name: 'happened', time: 1_544_712_660_500_000_000n, attributes: { whole: 3 } }],
          resource: { 'service.name': 'a' },
          scope: { name: 's', version: '' },
        },
      ],
    });
  });

  test('with a span that was delivered twice as one', () => {
    const trace = parseOtlpJson(`${line(span)}\n${line(span, { ...span, spanId: 'eee19b7ec3c1b175' })}\n`);

    expect(trace.spans.map(({ span_id }) => span_id)).toEqual(['eee19b7ec3c1b174', 'eee19b7ec3c1b175']);
  });

  test('with what is wrong noted, not thrown', () => {
    const trace = parseOtlpJson(
      `${line({ ...span, kind: 'SPAN_KIND_CLIENT', startTimeUnixNano: 15 })}\n{"resou`,
    );

    expect(trace.encoding_problems).toEqual([
      {
        rule: 'encoding.json',
        span_id: '',
        span_name: '',
        detail: 'line 2 is not TracesData: it must be a JSON object with a list resourceSpans',
      },
      {
        rule: 'encoding.enums',
        span_id: span.spanId,
        span_name: 'work',
        detail: 'kind is "SPAN_KIND_CLIENT": write the enum\'s number',
      },
      {
        rule: 'encoding.integers',
        span_id: span.spanId,
        span_name: 'work',
        detail: 'startTimeUnixNano is 15: write 64-bit integers as decimal strings',
      },
    ]);
  });

  test('as a trace without spans where there is none', () => {
    expect(parseOtlpJson('')).toEqual({ trace_id: '', spans: [], encoding_problems: [] });
  });
});

describe('a text is read in whatever form it is kept', () => {
  const lines = goodTrace().trim().split('\n');
  const documents = lines.map((line) => JSON.parse(line));
  const pretty = documents.map((document) => JSON.stringify(document, null, 2)).join('\n');
  const flush = (text: string) => text.replaceAll(/^ +/gm, '');
  const utf16 = (text: string, { isBig = false } = {}) => {
    const bytes = Buffer.from(text, 'utf16le');
    return isBig ? bytes.swap16() : bytes;
  };

  test.each<[string, string | Buffer]>([
    ['a byte order mark', `\ufeff${goodTrace()}`],
    ['CRLF', lines.join('\r\n')],
    ['UTF-16, little endian', utf16(`\ufeff${goodTrace()}`)],
    ['UTF-16, big endian', utf16(`\ufeff${goodTrace()}`, { isBig: true })],
    ['UTF-16, little endian, without a mark', utf16(goodTrace())],
    ['UTF-16, big endian, without a mark', utf16(goodTrace(), { isBig: true })],
    ['pretty-printed, one after another', pretty],
    ['the same without indentation', flush(pretty)],
    ['the same with CRLF and a mark', `\ufeff${pretty.replaceAll('\n', '\r\n')}`],
    ['one after another on a line', lines.join(' ')],
    ['a list', JSON.stringify(documents)],
    ['a pretty-printed list', JSON.stringify(documents, null, 2)],
    ['a list a line', lines.map((line) => `[${line}]`).join('\n')],
  ])('%s', (_name, text) => {
    expect(parseTraces(textOfBytes(Buffer.from(text as string)))).toEqual(parseTraces(goodTrace()));
  });

  test('what is broken is named, and costs nothing of what stands around it', () => {
    const text = [lines[0], '{"resourceSpans": [', '  {"scopeSpans"', pretty].join('\n');
    const [trace] = parseTraces(text);

    expect(trace?.spans.length).toBe(parseTraces(goodTrace())[0]?.spans.length);
    expect(trace?.encoding_problems).toEqual([
      {
        rule: 'encoding.json',
        span_id: '',
        span_name: '',
        detail: 'lines 2 to 3 are not TracesData: it must be a JSON object with a list resourceSpans',
      },
    ]);
  });

  test('a text of 200,000 broken lines is one that holds nothing', () => {
    expect(parseTraces('{"a":[\n'.repeat(200_000))).toEqual([
      {
        trace_id: '',
        spans: [],
        encoding_problems: [
          expect.objectContaining({ detail: expect.stringMatching(/^lines 1 to 200000 are no/) }),
        ],
      },
    ]);
  });

  test('values nested without end are left out, and said to be', () => {
    const value = `${'{"arrayValue":{"values":['.repeat(20_000)}${']}}'.repeat(20_000)}`;
    const span = `{"traceId":"${traceId}","spanId":"0000000000000001","attributes":[{"key":"k","value":${value}}]}`;
    const [trace] = parseTraces(`{"resourceSpans":[{"scopeSpans":[{"spans":[${span}]}]}]}`);

    expect(trace?.encoding_problems).toContainEqual(
      expect.objectContaining({
        rule: 'encoding.values',
        detail: 'attribute k is nested deeper than 100 levels',
      }),
    );
  });
});

test('Any number of attributes that are none is told, and the span is there.', () => {
  const attributes = Array.from({ length: 300_000 }, (_, index) => ({
    key: `k${index}`,
    value: { bogus: 1 },
  }));
  const span = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), name: 'x', attributes };
  const trace = parseOtlpJson(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }));

  expect([trace.spans.length, trace.encoding_problems.length >= 300_000]).toEqual([1, true]);
});
