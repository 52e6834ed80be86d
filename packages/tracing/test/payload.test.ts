import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addContentEvent, captureStep, setContent, setContentWithEvent, withSpan } from '../src/index.ts';
import { cut, onCapture } from '../src/payload.ts';
import { inTelemetry, marks, onSpan } from './in-trace.ts';

const noContent = { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'NO_CONTENT' };

/** A text of exactly so many bytes that ends with the character. */
function textOf(bytes: number, character: string): string {
  return 'x'.repeat(bytes - Buffer.byteLength(character)) + character;
}

describe('setContent', () => {
  test.each(
    ['x', 'é', '€', '🛠'].flatMap((character) => [8_191, 8_192].map((bytes) => [bytes, character] as const)),
  )('sets %i bytes that end with %s as they are.', async (bytes, character) => {
    const value = textOf(bytes, character);

    expect(marks(await onSpan((span) => setContent(span, 'note', value)))).toEqual({
      attributes: { note: value },
      events: [],
    });
  });

  test.each(['x', 'é', '€', '🛠'])(
    'cuts 8,193 bytes that end with %s at a character, says how many there were, and keeps them whole in one event.',
    async (character) => {
      const value = textOf(8_193, character);

      expect(marks(await onSpan((span) => setContent(span, 'note', value)))).toEqual({
        attributes: {
          note_truncated: character === 'x' ? 'x'.repeat(8_192) : value.slice(0, -character.length),
          note_size: 8_193,
          payload_truncated: true,
        },
        events: [{ name: 'ai.payload.large', attributes: { note: value } }],
      });
    },
  );

  test('keeps as much as fits: 8,192 bytes of two-byte characters are 4,096 of them.', async () => {
    const span = await onSpan((span) => setContent(span, 'note', 'é'.repeat(5_000)));

    expect(span.attributes).toEqual({
      note_truncated: 'é'.repeat(4_096),
      note_size: 10_000,
      payload_truncated: true,
    });
  });

  test('names what has no JSON: whoever tells of it goes on.', async () => {
    const circle: Record<string, unknown> = { large: 1n };
    circle.itself = circle;
    const refuses = {
      get it() {
        throw new RangeError('not now');
      },
    };

    const span = await onSpan((span) => {
      setContent(span, 'circle', circle);
      setContent(span, 'refuses', refuses);
      captureStep('planning', { inputs: circle, outputs: { count: 2n } });
    });

    const circular = '"[not recorded: Converting circular structure to JSON]"';
    expect(marks(span)).toEqual({
      attributes: { circle: circular, refuses: '"[not recorded: not now]"' },
      events: [{ name: 'capture.planning', attributes: { inputs: circular, outputs: '{"count":"2"}' } }],
    });
  });

  test('writes anything but a string as JSON.', async () => {
    const span = await onSpan((span) => {
      setContent(span, 'object', { a: [1, null, 'é'] });
      setContent(span, 'number', 1.5);
      setContent(span, 'none', null);
      setContent(span, 'large integer', { count: 2n ** 64n });
      setContent(span, 'nothing', undefined);
    });

    expect(span.attributes).toEqual({
      object: '{"a":[1,null,"é"]}',
      number: '1.5',
      none: 'null',
      'large integer': '{"count":"18446744073709551616"}',
      nothing: '',
    });
  });

  test('compresses only what is over the threshold, and tells both sizes.', async () => {
    const [at, over] = ['€'.repeat(3_000), `${'€'.repeat(3_000)}x`];
    const env = { TRACE_COMPRESSION_THRESHOLD: '9000' };

    const whole = await onSpan((span) => setContent(span, 'note', at), env);
    const zipped = await onSpan((span) => setContent(span, 'note', over), env);

    expect(whole.events).toEqual([{ name: 'ai.payload.large', attributes: { note: at } }]);
    expect(zipped.events).toEqual([
      {
        name: 'ai.payload.large.compressed',
        attributes: {
          note: expect.stringMatching(/^[0-9a-f]+$/),
          original_size: 9_001,
          compressed_size: expect.any(Number),
        },
      },
    ]);
    const { note, compressed_size } = zipped.events[0]?.attributes ?? {};
    const bytes = Buffer.from(String(note), 'hex');
    expect(bytes).toHaveLength(Number(compressed_size));
    expect(gunzipSync(bytes).toString()).toBe(over);
    expect(zipped.attributes).toEqual({
      note_truncated: '€'.repeat(2_730),
      note_size: 9_001,
      payload_truncated: true,
    });
  });

  test('has a threshold of 50,000 bytes by itself.', async () => {
    const names = async (bytes: number) =>
      (await onSpan((span) => setContent(span, 'note', 'x'.repeat(bytes)))).events.map(({ name }) => name);

    expect([await names(50_000), await names(50_001)]).toEqual([
      ['ai.payload.large'],
      ['ai.payload.large.compressed'],
    ]);
  });

  test('holds several large values of a span apart by their keys.', async () => {
    const [a, b] = ['a'.repeat(9_000), 'b'.repeat(9_000)];

    const span = await onSpan((span) => {
      setContent(span, 'first', a);
      setContent(span, 'second', b);
    });

    expect(span.events).toEqual([
      { name: 'ai.payload.large', attributes: { first: a } },
      { name: 'ai.payload.large', attributes: { second: b } },
    ]);
  });
});

test('Whatever is cut is valid UTF-8, a beginning of the text, and loses less than one character of room.', () => {
  const text = fc.string({ unit: 'grapheme-composite', maxLength: 60 });
  fc.assert(
    fc.property(text, fc.integer({ min: 0, max: 120 }), (text, bytes) => {
      const short = cut(text, bytes);
      expect(text.startsWith(short)).toBe(true);
      expect(Buffer.from(short).toString()).toBe(short);
      expect(Buffer.byteLength(short)).toBeLessThanOrEqual(bytes);
      if (short !== text) expect(Buffer.byteLength(short)).toBeGreaterThan(bytes - 4);
    }),
  );
});

describe('An event beside an attribute', () => {
  test('repeats a text that is small.', async () => {
    const span = await onSpan((span) =>
      setContentWithEvent(span, 'ai.prompt', 'full_prompt', 'text', 'Plan it.'),
    );

    expect(marks(span)).toEqual({
      attributes: { 'ai.prompt': 'Plan it.' },
      events: [{ name: 'full_prompt', attributes: { text: 'Plan it.' } }],
    });
  });

  test.each([
    ['ai.payload.large', 9_000],
    ['ai.payload.large.compressed', 60_000],
  ])('names the %s that holds a large one, and has its first 8 KB.', async (payload_event, bytes) => {
    const text = 'x'.repeat(bytes);

    const span = await onSpan((span) => setContentWithEvent(span, 'ai.prompt', 'full_prompt', 'text', text));

    expect(span.events.map(({ name }) => name)).toEqual([payload_event, 'full_prompt']);
    expect(span.events[1]?.attributes).toEqual({
      text: 'x'.repeat(8_192),
      payload_event,
      payload_key: 'ai.prompt',
    });
  });
});

describe('An event of content', () => {
  test('has each large field cut, with where it stands whole; facts and small fields stay as they are.', async () => {
    const original = 'é'.repeat(4_097);

    const span = await onSpan((span) =>
      addContentEvent(span, 'comparison', { original, suggested: 'Shorter.' }, { item: 'i1' }),
    );

    expect(marks(span)).toEqual({
      attributes: { payload_truncated: true },
      events: [
        { name: 'ai.payload.large', attributes: { 'comparison.original': original } },
        {
          name: 'comparison',
          attributes: {
            item: 'i1',
            original: 'é'.repeat(4_096),
            original_payload_event: 'ai.payload.large',
            original_payload_key: 'comparison.original',
            suggested: 'Shorter.',
          },
        },
      ],
    });
  });
});

describe('captureStep', () => {
  test('records what went in and out on the current span, without where things came from.', async () => {
    const produced_by = { agent_name: 'A', span_id: 's' };

    const span = await onSpan(() =>
      captureStep('planning', { inputs: { goal: 'g' }, outputs: [{ id: 'p1', produced_by }] }),
    );

    expect(marks(span)).toEqual({
      attributes: {},
      events: [
        { name: 'capture.planning', attributes: { inputs: '{"goal":"g"}', outputs: '[{"id":"p1"}]' } },
      ],
    });
  });

  test('keeps what is large under a key of the stage and the field.', async () => {
    const outputs = { text: 'x'.repeat(9_000) };

    const span = await onSpan(() => captureStep('planning', { outputs }));

    expect(span.events).toEqual([
      { name: 'ai.payload.large', attributes: { 'capture.planning.outputs': JSON.stringify(outputs) } },
      {
        name: 'capture.planning',
        attributes: {
          inputs: '{}',
          outputs: JSON.stringify(outputs).slice(0, 8_192),
          outputs_payload_event: 'ai.payload.large',
          outputs_payload_key: 'capture.planning.outputs',
        },
      },
    ]);
  });

  test('keeps each of two large captures of a stage under a key of its own.', async () => {
    const [first, second] = ['x', 'y'].map((letter) => ({ text: letter.repeat(9_000) }));

    const span = await onSpan(() => {
      captureStep('planning', { outputs: first });
      captureStep('planning', { outputs: second });
    });

    const captures = span.events.filter(({ name }) => name === 'capture.planning');
    expect(
      captures.map(({ attributes }) => {
        const key = String(attributes.outputs_payload_key);
        const holders = span.events.filter((event) => key in event.attributes);
        return [key, holders.map((event) => event.attributes[key])];
      }),
    ).toEqual([
      ['capture.planning.outputs', [JSON.stringify(first)]],
      ['capture.planning.outputs.2', [JSON.stringify(second)]],
    ]);
  });

  test('tells whoever listens, until they stop.', async () => {
    const heard: unknown[] = [];
    const stop = onCapture((stage, captured) => heard.push([stage, captured]));

    await onSpan(() => captureStep('planning', { inputs: 1 }));
    stop();
    await onSpan(() => captureStep('planning', { inputs: 2 }));

    expect(heard).toEqual([['planning', { inputs: 1, outputs: {} }]]);
  });

  test('outside any span does nothing.', () => {
    expect(() => captureStep('planning', { inputs: 1 })).not.toThrow();
  });
});

describe('With content switched off', () => {
  test('nothing of any value is left: no attribute, no size, no event; facts stay.', async () => {
    const text = 'a secret plan '.repeat(700);

    const [inner, outer] = await inTelemetry(
      () =>
        withSpan({ name: 'outer' }, () =>
          withSpan({ name: 'inner' }, async (span) => {
            setContent(span, 'note', 'short');
            setContent(span, 'long', text);
            setContentWithEvent(span, 'ai.prompt', 'full_prompt', 'text', text);
            addContentEvent(span, 'comparison', { original: text });
            addContentEvent(span, 'agento.feedback', { text }, { status: 'ignored' });
            captureStep('planning', { inputs: text, outputs: text });
          }),
        ),
      noContent,
    );

    expect([inner, outer].map((span) => span && marks(span))).toEqual([
      { attributes: {}, events: [{ name: 'agento.feedback', attributes: { status: 'ignored' } }] },
      { attributes: {}, events: [] },
    ]);
  });
});
