import { execFileSync } from 'node:child_process';
import { hash as digest, randomBytes } from 'node:crypto';
import type { Module5Output } from '@agento/contracts';
import { type RunReading, readRuns, type Trace, validate } from '@agento/evidence';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { edgesOf, isWhole, serviceEdges } from '../src/edges.ts';
import { foreignSpan, sendOtlp } from '../src/foreign-span.ts';
import { type ReadBack, startReadingBack } from '../src/read-back.ts';
import { eventually, runGoal, type System, startSystem } from '../src/system.ts';

const hash = (text: string) => digest('sha256', text);

describe('the composed system', () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem('system');
  });
  afterAll(() => system?.stop());

  /** The trace in Jaeger, once it is whole. */
  const inJaeger = (id: string): Promise<Trace> =>
    eventually(`the whole trace ${id} in Jaeger`, async () => {
      const trace = await system.traceInJaeger(id);
      return isWhole(trace) ? trace : null;
    });

  describe('a goal', () => {
    let output: Module5Output;
    let trace: Trace;
    beforeAll(async () => {
      output = await runGoal(system, { goal: 'Open a repair café in a small town' });
      trace = await inJaeger(output.trace_metadata.trace_id);
    });

    it('stands in Jaeger as one trace over five services', () => {
      expect(edgesOf(trace)).toEqual(serviceEdges);
    });

    it('is on the page of module 1, which reads it from Jaeger', async () => {
      const page = await fetch(`${system.module(1)}/`);
      expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
      const [, script] = /src="(\.\/assets\/[^"]+\.js)"/.exec(await page.text()) ?? [];
      expect((await fetch(new URL(script ?? '', `${system.module(1)}/`))).status).toBe(200);
      type Listed = { runs: { run_id: string; outcome: string; is_complete: boolean }[] };
      const listed = async () =>
        ((await (await fetch(`${system.module(1)}/evidence/runs`)).json()) as Listed).runs;
      // What is not read yet comes with the next answer.
      await expect
        .poll(listed)
        .toContainEqual(
          expect.objectContaining({ run_id: output.run_id, outcome: 'published', is_complete: true }),
        );
    });

    it('passes the validator as Jaeger has it', () => {
      expect(validate(trace, { complete: true })).toEqual([]);
    });

    it('passes the validator as the collector’s file has it', async () => {
      const file = await system.traceInFile(output.trace_metadata.trace_id);
      expect(validate(file, { complete: true })).toEqual([]);
      expect(edgesOf(file)).toEqual(serviceEdges);
    });

    it('can be read in Jaeger: every model call has its prompt and its answer', () => {
      const chats = trace.spans.filter(({ attributes }) => attributes['gen_ai.operation.name'] === 'chat');
      expect(chats.length).toBeGreaterThan(20);
      for (const { attributes } of chats) {
        expect(JSON.parse(String(attributes['gen_ai.input.messages']))).not.toEqual([]);
        expect(JSON.parse(String(attributes['gen_ai.output.messages']))).not.toEqual([]);
      }
    });

    it('is not warned about by Jaeger: the services’ clocks are one', () => {
      const warned = trace.spans.filter(({ attributes }) => '@jaeger@warnings' in attributes);
      expect(warned.map(({ name, attributes }) => [name, attributes['@jaeger@warnings']])).toEqual([]);
    });

    it('leaves its plan where module 5 serves it', async () => {
      const answer = await fetch(
        `${system.module(5)}/runs/${output.run_id}/artifacts/${output.final_plan.name}`,
      );
      expect(answer.status).toBe(200);
      expect(Buffer.byteLength(await answer.text())).toBe(output.final_plan.size);
    });
  });

  describe('runs that are read back', () => {
    let read: ReadBack;
    let run: RunReading;
    let repaired: RunReading;
    let failed: RunReading;
    const session_id = 'read-back';
    const context = 'We are five volunteers with at most 5,000 euros. It must be open by 1 June.';
    beforeAll(async () => {
      const made = async (input: object) => {
        const answer = await fetch(`${system.module(1)}/run`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ session_id, ...input }),
        });
        const { trace_id, trace_metadata } = (await answer.json()) as {
          trace_id?: string;
          trace_metadata?: { trace_id: string };
        };
        return trace_metadata?.trace_id ?? trace_id ?? '';
      };
      const traces = [
        await made({ goal: 'Open a repair café in a small town', context }),
        await made({ goal: 'Organise a reading circle', context: '[[fault:PlanEvaluator:wrong:1]]' }),
        await made({ goal: 'Start a choir', context: '[[fault:PlanEvaluator:refusal]]' }),
      ];
      const readings: RunReading[] = [];
      for (const id of traces) {
        const reading = await eventually(`the trace ${id}, the same in Jaeger and in the file`, async () => {
          const [jaeger, file] = [await system.traceInJaeger(id), await system.traceInFile(id)];
          const [one] = readRuns(jaeger);
          return one?.gaps.length === 0 && jaeger.spans.length === file.spans.length ? one : null;
        });
        readings.push(reading);
      }
      [run, repaired, failed] = readings as [RunReading, RunReading, RunReading];
      read = await startReadingBack(system, traces);
    });
    afterAll(() => read?.end());

    it('are in Jaeger what they are in the collector’s file, for every verb', async () => {
      const [one = '', other = '', third = ''] = [run, repaired, failed].map(({ run_id }) => run_id ?? '');
      const item = run.items[0]?.id ?? '';
      const all = '--json';
      const commands = [
        ...[one, other, third].flatMap((id) => [
          ['show', id, all],
          ['trace', id, '--all', '--why'],
          ['validate', id],
        ]),
        ['runs', '--session', session_id, all],
        ['show', one.slice(0, 8)],
        ...['plan_selection', 'PlanEvaluator', 'c1', item, run.calls[0]?.key, run.steps[0]?.span_id].flatMap(
          (what) => [
            ['show', one, what ?? ''],
            ['why', one, what ?? '', all],
          ],
        ),
        ['why', one, '--text', run.items[0]?.texts.at(-1)?.text.value?.slice(0, 40) ?? ''],
        ['audit', one, other, third, all],
        ['audit', one, other, third],
        ['compare', one, other, all],
        ['compare', `${one},${third}`, `${other},${third}`],
        ...['runs', 'verdicts', 'links', 'calls', 'spans', 'events'].map((table) => [
          'sql',
          `SELECT * EXCLUDE (file_id) FROM ${table} WHERE trace_id IN ('${run.trace_id}', '${repaired.trace_id}',
            '${failed.trace_id}') ORDER BY ALL`,
          all,
        ]),
      ];
      for (const words of commands) {
        const [file, jaeger] = [await read.file(...words), await read.jaeger(...words)];
        expect(jaeger.stdout === file.stdout, `${words.join(' ')}\n${jaeger.stderr}`).toBe(true);
        expect(jaeger.stdout.length, words.join(' ')).toBeGreaterThan(20);
        expect(jaeger.exitCode).toBe(file.exitCode);
      }
      const [ofFile, ofJaeger] = await read.cases(one);
      expect(ofJaeger).toBe(ofFile);
    });

    it('are made again from Jaeger as from the file', async () => {
      const words = ['replay', run.run_id ?? '', '--from', 'plan_evaluation', '--url', system.module(1)];
      const [file, jaeger] = [await read.file(...words), await read.jaeger(...words)];
      const preview = ({ stdout }: { stdout: string }) => stdout.slice(0, stdout.indexOf('\nrun  '));
      expect(preview(file)).toContain(`Replay of run ${run.run_id}.`);
      expect([jaeger.exitCode, preview(jaeger)]).toEqual([0, preview(file)]);
    });
  });

  it('brings payloads over 100 KB a span into Jaeger whole', async () => {
    // Nearly as long as a context may be, and nothing that repeats: compressed and in hex it stays as long.
    const context = Array.from(
      { length: 5000 },
      (_, index) => `${index}: ${randomBytes(18).toString('base64')}`,
    )
      .join('\n')
      .slice(0, 150_000);
    const output = await runGoal(system, { goal: 'Open a repair café in a small town', context });
    const id = output.trace_metadata.trace_id;
    const [jaeger, file] = [await inJaeger(id), await system.traceInFile(id)];

    const large = ({ events }: Trace['spans'][number]) =>
      events
        .filter(({ name }) => name.startsWith('ai.payload.large'))
        .map(({ attributes }) => JSON.stringify(Object.entries(attributes).sort()))
        .sort()
        .join();
    const payloads = (trace: Trace) =>
      trace.spans.map((span) => [span.span_id, span.name, large(span).length, hash(large(span))]).sort();
    expect(Math.max(...file.spans.map((span) => large(span).length))).toBeGreaterThan(100_000);
    expect(payloads(jaeger)).toEqual(payloads(file));
    expect(validate(jaeger, { complete: true })).toEqual([]);
  });

  it('redacts in the collector what was sent past our own redaction', async () => {
    const { id, body, secrets } = foreignSpan();
    await sendOtlp(system.otlp, body);
    const stored = await eventually('the foreign span in Jaeger', async () => {
      const trace = await system.traceInJaeger(id);
      return trace.spans[0] ?? null;
    });
    const inFile = await system.traceInFile(id);
    const print = (value: unknown) =>
      JSON.stringify(value, (_key, entry: unknown) => (typeof entry === 'bigint' ? String(entry) : entry));
    for (const text of [print(stored), print(inFile)]) {
      for (const secret of secrets) expect(text).not.toContain(secret);
    }
    expect(stored).toMatchObject({
      name: 'ask ****',
      status: { message: 'refused: ****' },
      attributes: {
        openai_api_key: '****',
        note: 'the key is ****, keep it',
        // Numbers and words that only look like keys of secrets stay as they are.
        'gen_ai.usage.input_tokens': 1234,
        'gen_ai.request.max_tokens': 99,
        token_count: 7,
        'redaction.masked.count': 3,
      },
      resource: { 'agento.collector.finding': 'service.namespace is missing' },
    });
    expect(stored.resource['host.name']).toBeUndefined();
  });

  it('counts calls and durations for Jaeger’s Monitor page, by way of Prometheus', async () => {
    const metric = (kind: string) =>
      eventually(`${kind} in Jaeger`, async () => {
        const query = new URLSearchParams({
          service: 'Agento-Module-1',
          endTs: String(Date.now()),
          lookback: '3600000',
          step: '60000',
          ratePer: '600000',
          ...(kind === 'latencies' && { quantile: '0.95' }),
        });
        // Rates need a rise between two scrapes.
        await runGoal(system, { goal: 'Plan a street fair', stop_after: 1 });
        const answer = await fetch(`${system.jaeger}/api/metrics/${kind}?${query}`);
        const { metrics } = (await answer.json()) as { metrics?: unknown[] };
        return metrics && metrics.length > 0 ? metrics : null;
      });
    expect(await metric('calls')).not.toEqual([]);
    expect(await metric('latencies')).not.toEqual([]);
  });

  it('is watched: Prometheus reaches every target, and no alert is firing', async () => {
    const ask = async (path: string) =>
      (await (await fetch(`${system.prometheus}${path}`)).json()) as unknown;
    const targets = await eventually('all targets up', async () => {
      const { data } = (await ask('/api/v1/targets')) as {
        data: { activeTargets: { scrapeUrl: string; health: string }[] };
      };
      return data.activeTargets.every(({ health }) => health === 'up') ? data.activeTargets : null;
    });
    expect(targets).toHaveLength(8);
    const { data } = (await ask('/api/v1/alerts')) as { data: { alerts: { state: string }[] } };
    expect(data.alerts.filter(({ state }) => state === 'firing')).toEqual([]);
  });

  it('has no service image more than 150 MB above its base', () => {
    const size = (image: string) =>
      Number(
        execFileSync('docker', ['image', 'inspect', '--format', '{{.Size}}', image], { encoding: 'utf8' }),
      );
    const images = JSON.parse(
      execFileSync('docker', ['inspect', '--format', '{{json .Config.Image}}', system.container('module1')], {
        encoding: 'utf8',
      }),
    ) as string;
    const base = process.env.AGENTO_BASE_IMAGE ?? 'node:24.21.0-bookworm-slim';
    expect(size(images) - size(base)).toBeLessThan(150e6);
  });

  it('has services that are ready in under 3 s, and on SIGTERM flush their spans and are gone in under 2 s', async () => {
    const { trace_metadata } = await runGoal(system, { goal: 'Plant a school garden', stop_after: 1 });
    const stopped: number[] = [];
    const ready: number[] = [];
    const seconds = async (work: () => Promise<unknown>) => {
      const began = performance.now();
      await work();
      return (performance.now() - began) / 1_000;
    };
    // The best of three: what the service can do, not how busy the machine is.
    for (let time = 0; time < 3; time += 1) {
      stopped.push(await seconds(() => system.compose('stop', 'module1')));
      // 137 would be a service that had to be killed.
      const state = ['inspect', '--format', '{{.State.ExitCode}}', system.container('module1')];
      expect(execFileSync('docker', state, { encoding: 'utf8' }).trim()).toBe('0');
      ready.push(
        await seconds(async () => {
          execFileSync('docker', ['start', system.container('module1')]);
          await eventually(
            'module 1',
            async () => (await fetch(`${system.module(1)}/readyz`)).ok || null,
            60,
          );
        }),
      );
    }
    expect({ stopped: Math.min(...stopped), ready: Math.min(...ready) }).toEqual({
      stopped: expect.toSatisfy((seconds) => seconds < 2),
      ready: expect.toSatisfy((seconds) => seconds < 3),
    });
    await eventually('the spans it had not sent yet', async () => {
      const trace = await system.traceInJaeger(trace_metadata.trace_id);
      return validate(trace, { complete: false }).length === 0 && trace.spans.length > 5 ? true : null;
    });
  });

  it('works through a gateway that chooses the collector by trace id', async () => {
    await system.compose('up', '--detach', 'gateway');
    const { id, body } = foreignSpan();
    await eventually('the gateway', () => sendOtlp(system.gateway, body).then(() => true), 30);
    const spans = await eventually('the span behind the gateway', async () => {
      const trace = await system.traceInJaeger(id);
      return trace.spans.length > 0 ? trace.spans : null;
    });
    expect(spans).toHaveLength(1);
    await system.compose('rm', '--force', '--stop', 'gateway');
  });
});
