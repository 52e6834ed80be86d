import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { join, relative } from 'node:path';
import { createLedger, type ModelClient, type Run } from '@agento/agent';
import {
  chain,
  moduleInfo,
  type RunEventName,
  type RunEvents,
  roleName,
  schemaVersion,
  type Usage,
  urlBelow,
} from '@agento/contracts';
import {
  attribute,
  type Carrier,
  enterRun,
  linkContinuation,
  referenceOf,
  setContent,
  withHopSpan,
  withoutCredentials,
  withRunSpan,
} from '@agento/tracing';
import type { Dispatcher } from 'undici';
import type { EventSink } from './event-stream.ts';
import { outputName, runDirectory } from './files.ts';
import { type Finished, finish } from './finish.ts';
import { callNext } from './hop.ts';
import type { Module, RunInput } from './module.ts';

/** What a run needs of its service. */
export interface RunSettings {
  module: Module;
  models: ModelClient;
  nextUrl: string | null;
  hopKey: string | null;
  dataDir: string;
  maxAttempts: number;
  serviceName: string;
  dispatcher: Dispatcher;
  /** Called for every event of this module's own steps. */
  observe<N extends RunEventName>(name: N, data: RunEvents[N]): void;
  onFileError(error: unknown): void;
}

/** What the caller requested and how it listens. */
export interface RunRequest {
  input: RunInput;
  /** Number of the attempt at the run, from 1. */
  attempt: number;
  /** Makes sure that the attempt's files are this module's to write. */
  claimFiles(): Promise<void>;
  headers: Carrier;
  raw: IncomingMessage;
  signal: AbortSignal;
  /** Null if nobody listens for events. */
  send: EventSink | null;
  /** Called with the run's ids once they are known, so that later errors name them. */
  onStart(ids: { run_id: string; trace_id: string }): void;
}

/**
 * Runs the module, then the modules after it.
 *
 * @returns the JSON text of the output the caller gets: the last module's, or that of `stop_after`
 */
export async function runModule(settings: RunSettings, request: RunRequest): Promise<string> {
  const { module } = settings;
  const { input, attempt } = request;
  const { number } = module.info;
  const runId = input.run_id ?? randomUUID();
  const agentName = roleName(module.info.type);
  const goesOn = settings.nextUrl !== null && (input.stop_after ?? chain.length) > number;
  const entry = enterRun({
    headers: request.headers,
    metadata: input.trace_metadata,
    source:
      number > 1 ? `agento-module-${number - 1}` : (input.trace_metadata?.service_name ?? '').toLowerCase(),
    openaiTraceId: input.openai_trace_id,
  });
  const names = {
    module: module.info,
    entry,
    agentName,
    runId,
    runAttempt: attempt,
    sessionId: input.session_id,
  };
  const emit = <N extends RunEventName>(name: N, data: RunEvents[N]) => {
    settings.observe(name, data);
    request.send?.(name, JSON.stringify(data));
  };

  let written = true;
  const finished = await withRunSpan(
    {
      ...names,
      nextModule: goesOn ? number + 1 : 0,
    },
    async (span): Promise<Finished> => {
      if (number === 1) setContent(span, attribute.userGoal, input.goal);
      const reference = referenceOf(span);
      if (entry.continued) linkContinuation(request.raw, reference);
      request.onStart({ run_id: runId, trace_id: reference.trace_id });
      const run: Run = {
        id: runId,
        module: module.info,
        signal: request.signal,
        models: settings.models,
        maxAttempts: settings.maxAttempts,
        ledger: createLedger(number),
        emit,
      };
      const began = performance.now();
      emit('run.started', { run_id: runId, trace_id: reference.trace_id });
      const { adds, files = [] } = await module.run(input, run);
      const usage = run.ledger.entries();
      const trace_metadata = {
        trace_id: reference.trace_id,
        root_span_id: reference.span_id,
        service_name: settings.serviceName,
      };
      const { stop_after: _, openai_trace_id: __, ...kept } = input;
      const earlier = 'usage' in kept && Array.isArray(kept.usage) ? kept.usage : [];
      const output = {
        ...kept,
        schema_version: schemaVersion,
        run_id: runId,
        run_attempt: attempt,
        trace_metadata,
        usage: [...earlier.filter((entry: { module: number }) => entry.module < number), ...usage],
        ...adds,
      };
      const done = await finish(module, run, {
        output,
        added: { run_id: runId, trace_metadata, usage, ...adds },
        files,
        directory: runDirectory(settings.dataDir, runId, attempt),
        claimFiles: request.claimFiles,
        onFileError(error) {
          written = false;
          settings.onFileError(error);
        },
      });
      emit('module.finished', {
        module: number,
        duration_ms: Math.round(performance.now() - began),
        usage: totalOf(usage),
      });
      return done;
    },
  );

  if (!goesOn || settings.nextUrl === null) return finished.text;
  const url = urlBelow(settings.nextUrl, '/run');
  const shown = withoutCredentials(url);
  const file = relative(
    settings.dataDir,
    join(runDirectory(settings.dataDir, runId, attempt), outputName(number)),
  );
  return withHopSpan({ ...names, url: shown }, (span) =>
    callNext({
      url,
      key: settings.hopKey,
      attempt,
      goOn: written
        ? `To continue once it is back, post ${file} of AGENTO_DATA_DIR to ${shown}`
        : 'The previous output could not be written, so the run must be started again',
      body:
        input.stop_after === undefined
          ? finished.text
          : JSON.stringify({ ...finished.output, stop_after: input.stop_after }),
      module: moduleInfo(number + 1).number,
      span,
      signal: request.signal,
      dispatcher: settings.dispatcher,
      relay: request.send,
    }),
  );
}

function totalOf(usage: Usage[]): Usage {
  const sum = (pick: (entry: Usage) => number | undefined) =>
    usage.reduce((total, entry) => total + (pick(entry) ?? 0), 0);
  const unknown = sum((entry) => entry.calls_without_usage);
  return {
    input_tokens: sum((entry) => entry.input_tokens),
    output_tokens: sum((entry) => entry.output_tokens),
    ...(unknown > 0 && { calls_without_usage: unknown }),
  };
}
