import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createModelClient, type Run, readModelSettings, step } from '@agento/agent';
import { AgentUsage, codeStep, moduleInfo, TraceMetadata, uuidPattern } from '@agento/contracts';
import { startTelemetry } from '@agento/tracing/service';
import { collectSpans, type PlainSpan } from '@agento/tracing/testing';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { createLog } from '../src/log.ts';
import { createMetrics } from '../src/metrics.ts';
import type { Module, RunInput } from '../src/module.ts';
import type { Executions } from '../src/runs/executions.ts';
import { createSpanBook } from '../src/runs/span-book.ts';
import type { Service } from '../src/service.ts';
import type { ServiceSettings } from '../src/service-settings.ts';

const collected = collectSpans();
const info = moduleInfo(1);
// Before Fastify is loaded, as a service does it, so that requests have their spans.
const noted = createSpanBook();
const telemetry = startTelemetry({
  notes: noted,
  module: info,
  env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'disabled' },
  dataDir: '/nowhere',
  processors: [collected.processor],
});
createRequire(import.meta.url)('node:http');
const { assemble, openStore } = await import('../src/assemble.ts');

/** The spans that have ended since the last tiny module was made. */
export const spans = collected.spans;

const closing: (() => Promise<unknown>)[] = [];
/** Removed last: two services may share one. */
const folders: string[] = [];

/** What the tiny module does in its one step; what it gives is the note of its output. */
export type TinyWork = (run: Run, input: RunInput) => Promise<string>;

/** What a module after the first takes: any output. */
const handedOn = Type.Object({
  goal: Type.String(),
  run_id: Type.Optional(Type.String({ pattern: uuidPattern })),
  run_attempt: Type.Optional(Type.Integer({ minimum: 1 })),
});

const noting = codeStep({ name: 'final_assembly', kind: 'assembly', times: 'run' });

/** A module with one step that asks no model, and a note as its output. */
export function tinyModule(work: TinyWork, number = 1): Module<RunInput, { note: string }> {
  return {
    info: {
      ...moduleInfo(number),
      input: number === 1 ? moduleInfo(1).input : handedOn,
      output: Type.Object({
        goal: Type.String(),
        run_id: Type.String(),
        trace_metadata: TraceMetadata,
        usage: Type.Array(AgentUsage),
        note: Type.String({ maxLength: 100 }),
      }),
    },
    checkInput: ({ goal }) => (goal === 'impossible' ? [{ pointer: '/goal', detail: 'cannot be done' }] : []),
    async run(input, run) {
      const note = await step(run, noting, {}, async (step) => {
        const note = await work(run, input);
        step.finish({ summary: 'noted', attributes: {} });
        step.capture({}, { note });
        return note;
      });
      return {
        adds: { note },
        files: [{ name: 'final_plan.md', media_type: 'text/markdown', content: note }],
      };
    },
  };
}

export interface Tiny {
  app: FastifyInstance;
  service: Service;
  executions: Executions;
  dataDir: string;
  spans(): PlainSpan[];
  /** Listens on a port of its own; the address of `/run`. */
  listen(): Promise<string>;
}

/** The service of a tiny module, not listening yet; with a folder of its own where none is given. */
export async function tiny(
  work: TinyWork,
  { module = 1, ...settings }: Partial<ServiceSettings> & { module?: number } = {},
): Promise<Tiny> {
  const folder = await mkdtemp(join(tmpdir(), 'service-'));
  const dataDir = settings.dataDir ?? folder;
  const models = createModelClient(readModelSettings({ OPENAI_BASE_URL: 'http://127.0.0.1:9/v1' }));
  const complete: ServiceSettings = {
    host: '127.0.0.1',
    port: 0,
    allowedHosts: [],
    apiKeys: [],
    hopKey: null,
    nextUrl: null,
    dataDir,
    evidence: dataDir,
    jaegerUi: null,
    runTimeoutMs: 20_000,
    maxRuns: 2,
    maxQueued: 0,
    maxQueueSeconds: 60,
    hopWaitMs: 0,
    databaseUrl: null,
    retention: { olderThanMs: null, moreThanBytes: null },
    maxAttempts: 2,
    limits: {},
    guardrails: null,
    logLevel: 'silent',
    ...settings,
  };
  const serviceName = 'Agento-Module-1';
  const log = createLog({ level: complete.logLevel, serviceName, redactLine: telemetry.redactLine });
  const store = await openStore({ ...complete, onError: () => {} });
  const { app, service, executions } = await assemble({
    // Input and output are of the tiny module's own types; a service does not look into either.
    module: tinyModule(work, module) as unknown as Module,
    settings: complete,
    models,
    telemetry,
    metrics: createMetrics({
      module: 1,
      modelLoad: models.load,
      runLoad: () => ({ queued: 0, oldestQueuedSeconds: 0 }),
      deliveryStats: () => null,
      otlp: null,
      log,
    }),
    log,
    serviceName,
    store,
    spans: noted,
  });
  collected.clear();
  closing.push(
    () => executions.stop(0),
    () => app.close(),
    () => models.close(),
    () => store.close(),
  );
  folders.push(folder);
  return {
    app,
    service,
    executions,
    dataDir,
    spans: collected.spans,
    listen: async () => `${await app.listen({ host: '127.0.0.1', port: 0 })}/run`,
  };
}

/** A next module of the test's own; the address of its `/run`. */
export async function nextModule(
  answer: (response: ServerResponse, request: IncomingMessage, body: string) => void | Promise<void>,
  /** What it tells those who follow a run; default: that it knows none. */
  later?: (response: ServerResponse, request: IncomingMessage) => void,
): Promise<string> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.method === 'DELETE') return void response.writeHead(204).end();
    // Those who follow the run ask for its events as well.
    if (request.method === 'GET')
      return void (later ? later(response, request) : response.writeHead(404).end());
    await answer(response, request, Buffer.concat(chunks).toString());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/run`;
}

/** The run of `runBefore`. */
export const runId = '0b0e3c1a-7f43-4b3d-9c55-0c7f1f6f2a11';

/** Runs the tiny module in front of the next one, as a stream of events. */
export async function runBefore(next: string, more: object = {}) {
  const { app, spans } = await tiny(async () => 'Rent a room.', { nextUrl: next.replace(/\/run$/, '') });
  const response = await app.inject({
    method: 'POST',
    url: '/run',
    headers: { accept: 'text/event-stream', 'content-type': 'application/json' },
    payload: { goal: 'g', run_id: runId, ...more },
  });
  const events = eventsOf(response.payload);
  // The next module answers in this same process, so its SERVER span is collected as well.
  const hop = spans().find(({ name, kind }) => name === 'POST' && kind === 'CLIENT');
  return { events, last: events.at(-1), hop };
}

/** Closes what a test has opened. */
export async function closeAll(): Promise<void> {
  for (const close of closing.splice(0)) await close();
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
}

/** The events of a server-sent stream, by name with their JSON. */
export function eventsOf(text: string): [string, unknown][] {
  return [...text.matchAll(/event: (.*)\ndata: (.*)\n\n/g)].map(([, name = '', data = '']) => [
    name,
    JSON.parse(data),
  ]);
}
