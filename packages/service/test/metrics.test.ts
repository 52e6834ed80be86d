import { type EndedOperation, genAiMetrics, prometheusName, withMeasuredSpan } from '@agento/tracing/metrics';
import { afterEach, describe, expect, test } from 'vitest';
import { closeAll, type Tiny, tiny } from './harness.ts';

afterEach(closeAll);

const openMetrics = 'application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.3';
const called = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'small-1',
  'gen_ai.response.model': 'small-1-2026',
  'server.address': 'api.example.com',
  'server.port': 443,
};

/** A service that has made a call, and one that failed; the ids of the first one's span. */
async function afterTwoCalls() {
  const made = await tiny(async () => 'Rent a room.');
  const { metrics } = made.service;
  let span: EndedOperation['span'] = null;
  await withMeasuredSpan(
    { name: 'chat small-1', attributes: called },
    (operation) => {
      ({ span } = operation);
      const usage = { input: 300, output: 20, cacheRead: 100 };
      const measured = { ...operation, seconds: 0.5, tokens: usage };
      metrics.modelCall({ model: 'small-1', outcome: 'ok', durationMs: 500, usage, operation: measured });
    },
    async () => {},
  );
  const failed = { attributes: called, seconds: 100, errorType: 'model_timeout', span: null };
  metrics.modelCall({
    model: 'small-1',
    outcome: 'failed',
    durationMs: 100_000,
    usage: null,
    operation: failed,
  });
  if (!span) throw new Error('The call left no span');
  return { made, span: span as NonNullable<EndedOperation['span']> };
}

async function figures({ app }: Tiny, accept?: string) {
  const { headers, payload } = await app.inject({ url: '/metrics', headers: accept ? { accept } : {} });
  return { type: headers['content-type'], lines: payload.split('\n'), payload };
}

const labels =
  'gen_ai_operation_name="chat",gen_ai_provider_name="openai",gen_ai_request_model="small-1",gen_ai_response_model="small-1-2026",server_address="api.example.com",server_port="443"';

describe('The GenAI metrics at /metrics', () => {
  test('are beside those of Agento, in the spelling of Prometheus.', async () => {
    const { made } = await afterTwoCalls();
    const { type, lines } = await figures(made);

    expect(type).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(lines).toEqual(
      expect.arrayContaining([
        'agento_model_calls_total{model="small-1",outcome="ok",module="1"} 1',
        '# TYPE gen_ai_client_inference_duration_seconds histogram',
        `gen_ai_client_inference_duration_seconds_bucket{le="0.64",${labels},module="1"} 1`,
        `gen_ai_client_inference_duration_seconds_count{${labels},error_type="model_timeout",module="1"} 1`,
        `gen_ai_client_inference_usage_input_tokens_total{${labels},gen_ai_token_modality="unknown",module="1"} 300`,
        `gen_ai_client_inference_usage_cache_read_input_tokens_total{${labels},gen_ai_token_modality="unknown",module="1"} 100`,
        `gen_ai_client_inference_operation_output_tokens_sum{${labels},module="1"} 20`,
      ]),
    );
    for (const metric of Object.values(genAiMetrics)) {
      expect(lines).toContain(`# HELP ${prometheusName(metric)} ${metric.description}`);
    }
  });

  test('lead in OpenMetrics from a value to the span that it is of.', async () => {
    const { made, span } = await afterTwoCalls();
    const { type, lines, payload } = await figures(made, openMetrics);

    expect(type).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(payload.endsWith('\n# EOF\n')).toBe(true);
    const exemplar = `# {trace_id="${span.trace_id}",span_id="${span.span_id}"}`;
    const bucket = lines.find((line) =>
      line.startsWith('gen_ai_client_inference_duration_seconds_bucket{le="0.64"'),
    );
    expect(bucket).toContain(` 1 ${exemplar} 0.5 `);
    const tokens = lines.find((line) => line.startsWith('gen_ai_client_inference_usage_input_tokens_total{'));
    expect(tokens).toContain(` 300 ${exemplar} 300 `);
    expect(lines).toContain('# TYPE agento_model_calls counter');
    expect(lines).toContain('agento_model_calls_total{model="small-1",outcome="ok",module="1"} 1');
  });

  test('are one series for equal labels, with cumulative buckets and the latest span of each as exemplar.', async () => {
    const { made } = await afterTwoCalls();
    const call = (seconds: number, input: number, digit: string, errorType: string | null = null) => {
      const span = { trace_id: digit.repeat(32), span_id: digit.repeat(16) };
      const tokens = { input, output: 1 };
      const attributes = { ...called, 'gen_ai.request.model': 'a"b\\c\nd' };
      const operation = { attributes, seconds, errorType, span, tokens };
      const outcome = errorType ? 'failed' : 'ok';
      made.service.metrics.modelCall({ model: 'm', outcome, durationMs: 1, usage: null, operation });
    };
    call(0.01, 2, 'a');
    call(0.03, 3, 'b');
    call(0.03, 4, 'c');
    call(100, 5, 'd');
    call(100, 6, 'e', 'model_timeout');
    const { lines } = await figures(made, openMetrics);
    const names = samples(lines).map((line) => line.replace(/ \S+$/, ''));

    expect(names.filter((name, place) => names.indexOf(name) !== place)).toEqual([]);
    const odd = lines.filter((line) => line.includes('request_model="a\\"b\\\\c\\nd"'));
    const buckets = odd.filter(
      (line) =>
        line.startsWith('gen_ai_client_inference_duration_seconds_bucket') && !/error_type/.test(line),
    );
    const counts = buckets.map((line) => Number(/\} ([\d.]+)/.exec(line)?.[1]));
    expect(counts).toEqual([1, 1, ...Array(12).fill(3), 4]);
    const exampleIn = (line = '') => /# \{trace_id="(\w)\w*",span_id="\w+"\} (\S+) /.exec(line)?.slice(1);
    expect(buckets.map(exampleIn).filter(Boolean)).toEqual([
      ['a', '0.01'],
      ['c', '0.03'],
      ['d', '100'],
    ]);
    expect(buckets.at(-1)).toContain('le="+Inf"');
    const total = odd.filter((line) => line.startsWith('gen_ai_client_inference_usage_input_tokens_total{'));
    expect(total.map((line) => [/\} (\d+)/.exec(line)?.[1], exampleIn(line)])).toEqual([['20', ['e', '6']]]);
    expect(odd.filter((line) => /_(sum|count)\{/.test(line) && line.includes(' # '))).toEqual([]);
  });

  test('are the same in both formats, whichever is asked for first.', async () => {
    const { made } = await afterTwoCalls();
    const before = await figures(made);
    const open = await figures(made, openMetrics);
    const after = await figures(made, 'text/plain');

    expect(samples(after.lines)).toEqual(samples(before.lines));
    expect(samples(open.lines)).toEqual(samples(before.lines));
  });

  test('are one series of all that are too many, with the latest span as exemplar.', async () => {
    const made = await tiny(async () => 'Rent a room.');
    const kept = 2_000;
    for (let n = 0; n < kept + 50; n += 1) {
      const models = {
        'gen_ai.request.model': `a-${n % 70}`,
        'gen_ai.response.model': `b-${Math.floor(n / 70)}`,
      };
      const id = String(n).padStart(16, '0');
      const operation = {
        attributes: { ...called, ...models },
        seconds: 0.5,
        errorType: null,
        span: { trace_id: `${id}${id}`, span_id: id },
        tokens: { input: 2, output: 1 },
      };
      made.service.metrics.modelCall({ model: 'm', outcome: 'ok', durationMs: 1, usage: null, operation });
    }
    const text = await figures(made);
    const open = await figures(made, openMetrics);

    const overflow = 'otel_metric_overflow="true",module="1"';
    const [duration, input] = [genAiMetrics.inferenceDuration, genAiMetrics.inputTokens].map(prometheusName);
    const ofOverflow = (lines: string[]) => lines.filter((line) => line.includes('overflow'));
    expect(ofOverflow(text.lines)).toEqual(
      expect.arrayContaining([
        `${duration}_bucket{le="0.32",${overflow}} 0`,
        `${duration}_bucket{le="0.64",${overflow}} 50`,
        `${duration}_bucket{le="+Inf",${overflow}} 50`,
        `${duration}_sum{${overflow}} 25`,
        `${duration}_count{${overflow}} 50`,
        `${input}{${overflow}} 100`,
      ]),
    );
    for (const start of [`${input}{`, `${duration}_count{`]) {
      expect(text.lines.filter((line) => line.startsWith(start))).toHaveLength(kept + 1);
    }
    const last = String(kept + 49).padStart(16, '0');
    const exemplar = `# {trace_id="${last}${last}",span_id="${last}"}`;
    const shown = ofOverflow(open.lines).map((line) => line.replace(/ \S+$/, ''));
    expect(shown).toContain(`${duration}_bucket{le="0.64",${overflow}} 50 ${exemplar} 0.5`);
    expect(shown).toContain(`${input}{${overflow}} 100 ${exemplar} 2`);
    expect(samples(ofOverflow(open.lines))).toEqual(samples(ofOverflow(text.lines)));
  });

  test.each([undefined, '*/*', 'text/plain', 'application/openmetrics-text;q=0'])(
    'are in the text format for who accepts %o.',
    async (accept) => {
      const { made } = await afterTwoCalls();

      expect((await figures(made, accept)).type).toContain('text/plain');
    },
  );
});

/** Each sample without its exemplar, its bound as a number; the process's own change between two requests. */
function samples(lines: string[]): string[] {
  return lines
    .filter((line) => /^(agento_|gen_ai_)/.test(line) && !line.startsWith('agento_http_requests_total'))
    .map((line) => line.replace(/ # .*/, '').replace(/le="([\d.]+)"/, (_, bound) => `le="${Number(bound)}"`))
    .map((line) => line.replace(/\{(.*)\}/, (_, all: string) => `{${all.split(',').sort().join(',')}}`))
    .sort();
}
