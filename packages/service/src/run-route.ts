import { randomUUID } from 'node:crypto';
import type { OutgoingHttpHeaders } from 'node:http';
import { Cancelled } from '@agento/agent';
import { cut, type Finding, limits, type Problem } from '@agento/contracts';
import {
  endAbandoned,
  errorType,
  failIncoming,
  incomingTraceId,
  keepRunSecrets,
  learnRunSecrets,
} from '@agento/tracing';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { attemptHeader, handedOn, takeAttempt } from './attempts.ts';
import { openEventStream } from './event-stream.ts';
import { finishedData } from './finished-data.ts';
import { createHopDispatcher } from './hop.ts';
import type { RunInput } from './module.ts';
import { pathOf } from './path.ts';
import { badInput, OutOfTime, ProblemError, problem, problemOf, writeProblem } from './problem.ts';
import { runModule } from './run-module.ts';
import type { Service } from './service.ts';

/** `POST /run`: the module's work and the chain after it, as JSON or as server-sent events. */
export function registerRunRoute(app: FastifyInstance, service: Service): void {
  const { module, settings } = service;
  const dispatcher = createHopDispatcher();
  app.addHook('onClose', () => dispatcher.destroy());

  app.post<{ Body: RunInput }>(
    '/run',
    {
      bodyLimit: limits.body,
      schema: { body: module.info.input },
    },
    async (request, reply) => {
      const input = request.body;
      refuseBadInput(service, input);
      // UUIDs are the same in either case: one run must not be taken twice, or have two folders.
      const runId = (input.run_id ?? randomUUID()).toLowerCase();
      const handed = module.info.number === 1 ? null : handedOn(request.headers[attemptHeader]);
      const wantsEvents = answerType(request) === 'text/event-stream';
      const { run, leave } = admit(service, runId, handed);
      watchCaller(request, reply, run, wantsEvents);
      const attempt = await takeAttempt(
        { dataDir: settings.dataDir, runId, module: module.info.number },
        handed,
        input.run_attempt ?? 1,
      ).catch((error: unknown) => {
        leave();
        throw error;
      });
      const began = performance.now();
      const ids: Partial<Problem> = { run_id: runId };
      const stream = wantsEvents ? takeOver(reply) : null;
      const timer = setTimeout(
        () => run.abort(new OutOfTime(`The run took longer than ${settings.runTimeoutMs} ms`)),
        settings.runTimeoutMs,
      );
      service.metrics.runStarted();
      let fileFailed = false;
      let ending: [name: string, data: string] | undefined;
      let outcome: 'finished' | 'failed' | 'cancelled' = 'failed';
      try {
        keepRunSecrets(await learnRunSecrets(input), request.raw);
        const output = await runModule(
          {
            module,
            models: service.models,
            nextUrl: settings.nextUrl,
            hopKey: settings.hopKey,
            dataDir: settings.dataDir,
            maxAttempts: settings.maxAttempts,
            serviceName: service.serviceName,
            dispatcher,
            observe: service.metrics.observe,
            onFileError(error) {
              fileFailed = true;
              service.fileError = cut(error instanceof Error ? error.message : String(error), 300);
              request.log.error({ err: error, run_id: runId }, 'the run’s files could not be written');
            },
          },
          {
            input: { ...input, run_id: runId },
            attempt: attempt.number,
            claimFiles: attempt.claimFiles,
            headers: request.headers,
            raw: request.raw,
            signal: run.signal,
            send: stream && wantsProgress(request) ? stream.send : null,
            onStart: (started) => Object.assign(ids, started),
          },
        );
        outcome = 'finished';
        if (!fileFailed) service.fileError = null;
        if (!stream) return await reply.type('application/json').send(output);
        ending = ['run.finished', finishedData(output)];
      } catch (error) {
        const cause =
          run.signal.aborted && error instanceof Cancelled ? (run.signal.reason as unknown) : error;
        outcome = errorType(cause) === 'cancelled' && !(cause instanceof OutOfTime) ? 'cancelled' : 'failed';
        const failed = complete(problemOf(cause), service, request, ids);
        failIncoming(request.raw, cause);
        logFailure(request, cause, failed);
        if (!stream) throw new ProblemError(failed, { cause });
        ending = ['run.failed', `{"problem":${writeProblem(failed)}}`];
      } finally {
        clearTimeout(timer);
        leave();
        await service.telemetry.finishRun(runId, attempt.number);
        service.metrics.runEnded(outcome, (performance.now() - began) / 1_000);
      }
      stream?.end(ending);
      return reply;
    },
  );
}

/** What the schema cannot say: sizes in bytes, and references between the input's parts. */
function refuseBadInput({ module }: Service, input: RunInput): void {
  const found: Finding[] = [];
  const tooLong = (pointer: string, text: string | undefined, most: number) => {
    const bytes = Buffer.byteLength(text ?? '');
    if (bytes > most) found.push({ pointer, detail: `must be at most ${most} bytes of UTF-8, is ${bytes}` });
  };
  tooLong('/goal', input.goal, limits.goal);
  tooLong('/context', input.context, limits.context);
  found.push(...(module.checkInput?.(input) ?? []));
  if (found.length > 0) throw badInput(found);
}

/** JSON or events, as the caller prefers; where it says nothing of either, JSON. */
function answerType(request: FastifyRequest): string {
  if (!request.headers.accept?.trim()) return 'application/json';
  const type = request.accepts().type(['application/json', 'text/event-stream']);
  if (typeof type === 'string') return type;
  throw new ProblemError(
    problem('not-acceptable', 406, 'Responses are application/json or text/event-stream: accept one of them'),
  );
}

/** Whether events come before the last: a module asks for none where its own caller wants JSON. */
function wantsProgress({ headers }: FastifyRequest): boolean {
  return headers['agento-progress'] !== 'none';
}

/**
 * Admits the run, or says why not: stopping, full, or the same run is active (a double POST). Attempts passed on by the
 * previous module may run concurrently.
 */
function admit(
  service: Service,
  runId: string,
  attempt: number | null,
): { run: AbortController; leave(): void } {
  const full = service.runs.size >= service.settings.maxRuns;
  if (service.stopping || full) {
    const why = full ? `it has ${service.runs.size} active runs` : 'it is stopping';
    throw new ProblemError(
      problem('busy', 503, `The service accepts no runs at the moment: ${why}. Try again shortly.`),
    );
  }
  const key = `${runId}/${attempt ?? ''}`;
  if (
    service.runs.has(key) ||
    (attempt === null && [...service.runs.keys()].some((of) => of.startsWith(key)))
  ) {
    throw new ProblemError(problem('conflict', 409, `The run ${runId} is already active in this module`));
  }
  const run = new AbortController();
  service.runs.set(key, run);
  return { run, leave: () => service.runs.delete(key) };
}

/** From here on the response is written by hand: Fastify would end the request's span when a stream begins. */
function takeOver(reply: FastifyReply) {
  reply.hijack();
  return openEventStream(reply.raw, undefined, reply.getHeaders() as OutgoingHttpHeaders);
}

/** A caller that leaves shows on the response: the request emits 'close' as soon as its body was read. */
function watchCaller(
  request: FastifyRequest,
  reply: FastifyReply,
  run: AbortController,
  streams: boolean,
): void {
  reply.raw.prependOnceListener('close', () => {
    if (reply.raw.writableFinished) return;
    const left = new Cancelled('The caller closed the connection');
    // Before the instrumentation ends the SERVER span on this same event.
    failIncoming(request.raw, left);
    run.abort(left);
    // A JSON response is still sent, to nobody, and Fastify's hooks end the span with it.
    if (streams) endAbandoned(request.raw);
  });
}

function complete(given: Problem, service: Service, request: FastifyRequest, ids: Partial<Problem>): Problem {
  const traceId = incomingTraceId(request.raw);
  return {
    ...(traceId && { trace_id: traceId }),
    ...ids,
    module: service.module.info.number,
    instance: pathOf(request),
    ...given,
  };
}

function logFailure(request: FastifyRequest, error: unknown, failed: Problem): void {
  const fields = { err: error, problem: failed };
  if (failed.status === 499) request.log.info({ problem: failed }, 'the caller left; the run was cancelled');
  else request.log.error(fields, 'the run failed');
}
