import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadTrace, NotFoundError, validate } from '../src/index.ts';
import { goodTrace, runId, traceId } from './good-trace.ts';
import { asOldStorageGivesIt } from './old-storage.ts';

const good = goodTrace();
/** Spans that stand in it. */
const count = good.split('"startTimeUnixNano"').length - 1;
const otherId = '0af7651916cd43dd8448eb211c80319c';
const twiceTried = '0190a3c2-7f1e-7c3a-9d35-0242ac120003';
const unknownId = 'ffffffffffffffffffffffffffffffff';

let dataDir: string;
let jaeger: Server;
let jaegerUrl: string;
let keepsLinks = true;

beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'evidence-'));
  await mkdir(path.join(dataDir, 'traces'));
  await writeFile(path.join(dataDir, 'traces', `${traceId}.jsonl`), good);
  await mkdir(path.join(dataDir, 'runs', runId), { recursive: true });
  const output = {
    run_id: runId,
    trace_metadata: { trace_id: traceId, root_span_id: 'a', service_name: 'b' },
  };
  await writeFile(path.join(dataDir, 'runs', runId, 'module1_output.json'), JSON.stringify(output));
  const older = good.replaceAll(traceId, otherId).replaceAll('"17600', '"17599');
  await writeFile(path.join(dataDir, 'collector.jsonl'), `${older}\n${good}\n`);
  // Jaeger streams one object a line, each in `result`.
  jaeger = createServer((request, response) => {
    if (request.url?.startsWith('/page')) return response.end('<!doctype html>');
    if (request.url?.startsWith('/login') && request.headers.authorization !== 'Bearer of-tales')
      return response.writeHead(401).end('Log in!');
    if (!/^(\/login)?\/api\/v3\/traces\//.test(request.url ?? ''))
      return response.writeHead(404).end('Not here.');
    if (!request.url?.includes(traceId))
      return response.writeHead(404).end('{"error":{"httpCode":404,"message":"No traces found"}}');
    const lines = (keepsLinks ? good : asOldStorageGivesIt(good)).split('\n');
    return response.end(lines.map((line) => `{"result":${line}}`).join('\n'));
  });
  await new Promise<void>((resolve) => jaeger.listen(0, '127.0.0.1', resolve));
  jaegerUrl = `http://127.0.0.1:${(jaeger.address() as AddressInfo).port}/`;
});
afterAll(async () => {
  await new Promise((resolve) => jaeger.close(resolve));
  await rm(dataDir, { recursive: true });
});

async function summary(source: string, jaegerAt?: string) {
  const trace = await loadTrace(
    source,
    jaegerAt === undefined ? { dataDir } : { dataDir, jaeger: { url: jaegerAt } },
  );
  return [trace.trace_id, trace.spans.length, trace.encoding_problems];
}

describe('a trace is loaded', () => {
  test('by its id, in any case, from the files of the receiver', async () => {
    expect(await summary(traceId)).toEqual([traceId, count, []]);
    expect(await summary(traceId.toUpperCase())).toEqual([traceId, count, []]);
  });

  test("by a run's id, through the outputs of its modules", async () => {
    expect(await summary(runId)).toEqual([traceId, count, []]);
  });

  test("by a run's id, of its newest attempt where that is in a trace of its own", async () => {
    const attempt = path.join(dataDir, 'runs', twiceTried, 'attempts');
    for (const [number, id] of [
      ['2', otherId],
      ['10', traceId],
    ] as const) {
      await mkdir(path.join(attempt, number), { recursive: true });
      const output = JSON.stringify({ trace_metadata: { trace_id: id } });
      await writeFile(path.join(attempt, number, 'module3_output.json'), output);
    }

    expect(await summary(twiceTried)).toEqual([traceId, count, []]);
  });

  test("from a collector's file of many traces: the newest run's", async () => {
    expect(await summary(path.join(dataDir, 'collector.jsonl'))).toEqual([traceId, count, []]);
  });

  test('from Jaeger', async () => {
    expect(await summary(traceId, jaegerUrl)).toEqual([traceId, count, []]);
    expect(await summary(runId, jaegerUrl)).toEqual([traceId, count, []]);
  });

  test('from a Jaeger that loses what links say: all but that is judged', async () => {
    keepsLinks = false;
    const trace = await loadTrace(traceId, { dataDir, jaeger: { url: jaegerUrl } });
    keepsLinks = true;

    const idOf = (wanted: string) => trace.spans.find(({ name }) => name === wanted)?.span_id;
    expect(trace.spans.find(({ name }) => name === 'criteria_generation')?.links).toEqual([
      {
        trace_id: traceId,
        span_id: idOf('constraint_extraction'),
        attributes: { relationship: 'constraints' },
        lost: true,
      },
      {
        trace_id: traceId,
        span_id: idOf('search_agent'),
        attributes: { relationship: 'search_summary' },
        lost: true,
      },
    ]);
    expect(validate(trace, { complete: true })).toEqual([]);
    const judge = trace.spans.find(({ name }) => name === 'expansion_evaluation');
    judge?.links.pop();
    expect(validate(trace, { complete: true }).map(({ rule }) => rule)).toEqual([
      'module3.expansion_evaluation.link.item',
      'module3.expansion_evaluation.agento.link.item',
    ]);
  });
});

describe('what no trace can be read from is named', () => {
  const advice =
    "Name a trace id, a run id or a file that a collector's file exporter or the embedded receiver wrote.";

  test.each([
    ['an empty file', '', 'is empty'],
    ['a file of white space', ' \n\n', 'is empty'],
    ['random bytes', randomBytes(10_000), 'holds no trace: nothing in it is OTLP JSON with resourceSpans'],
    ['another JSON', '{"a":1}', 'holds no trace: nothing in it is OTLP JSON with resourceSpans'],
  ])('%s', async (_name, content, what) => {
    const file = path.join(dataDir, 'other.jsonl');
    await writeFile(file, content);

    await expect(summary(file)).rejects.toThrow(new NotFoundError(`${file} ${what}. ${advice}`));
  });
});

describe('what is not there is named, with where it was looked for', () => {
  test.each([
    ['a trace', unknownId, undefined, new RegExp(`^No trace ${unknownId}: .+ does not exist\\.`)],
    [
      'a run',
      '0190a3c2-7f1e-7c3a-9d35-000000000000',
      undefined,
      'No run 0190a3c2-7f1e-7c3a-9d35-000000000000: ',
    ],
    [
      'a file',
      'no/such.jsonl',
      undefined,
      'no/such.jsonl is not a trace id, a run id, the beginning of one or a file',
    ],
  ])('%s', async (_name, source, jaegerAt, message) => {
    const asked = summary(source, jaegerAt);

    await expect(asked).rejects.toThrow(NotFoundError);
    await expect(asked).rejects.toThrow(message);
  });

  test('a trace that Jaeger does not have, and a Jaeger that is not there', async () => {
    await expect(summary(unknownId, jaegerUrl)).rejects.toThrow(`No trace ${unknownId} in ${jaegerUrl}`);
    await expect(summary(unknownId, 'http://127.0.0.1:9')).rejects.toThrow('is not reachable');
  });

  test.each(['http://ann:secret-word@127.0.0.1:9/base', 'ann:secret-word@127.0.0.1:9/base'])(
    'an address with a login, which is not told: %s',
    async (url) => {
      const told = await summary(unknownId, url).then(String, (error: Error) => error.message);
      expect(told).toMatch(/127\.0\.0\.1:9\/base has a login in it.* set AGENTO_JAEGER_AUTHORIZATION/);
      expect(told).not.toMatch(/ann|secret-word/);
    },
  );

  test('an address that is not Jaeger’s, or asks for a login', async () => {
    const asked = `/api/v3/traces/${traceId}?raw_traces=true`;
    const advice =
      "Name the address of Jaeger's page, with its base path if it has one, such as http://127.0.0.1:16686.";
    const of = (url: string, authorization?: string) =>
      loadTrace(traceId, { dataDir, jaeger: { url, ...(authorization && { authorization }) } }).then(
        ({ spans }) => spans.length,
        ({ message }) => message.slice(`No trace ${traceId}: ${url}${asked} `.length),
      );
    expect(await of(`${jaegerUrl}page`)).toBe(`answered without JSON, which is not Jaeger's API. ${advice}`);
    expect(await of(`${jaegerUrl}other`)).toBe(`answered 404. ${advice}`);
    expect(await of(`${jaegerUrl}login`)).toBe('answered 401: AGENTO_JAEGER_AUTHORIZATION is needed');
    expect(await of(`${jaegerUrl}login`, 'Bearer bad')).toBe(
      'answered 401: AGENTO_JAEGER_AUTHORIZATION is not the right one',
    );
    expect(await of(`${jaegerUrl}login`, 'Bearer of-tales')).toBe(count);
  });
});
