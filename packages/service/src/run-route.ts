import { Cancelled } from '@agento/agent';
import { type Finding, type HumanReview, limits, reviewedModule } from '@agento/contracts';
import { type Part, stopped } from '@agento/runs';
import {
  endAbandoned,
  failIncoming,
  followIncoming,
  incomingInput,
  incomingOutput,
  incomingTraceId,
  keepRunSecrets,
  learnRunSecrets,
} from '@agento/tracing';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RunInput } from './module.ts';
import { badInput, ProblemError, problem, writeProblem } from './problem.ts';
import { accept } from './runs/accept.ts';
import { attemptHeader, handedOn } from './runs/attempts.ts';
import { conflict } from './runs/conflict.ts';
import type { Ending } from './runs/ending.ts';
import { endingText } from './runs/ending-text.ts';
import type { Executions } from './runs/executions.ts';
import { finishedData } from './runs/finished-data.ts';
import { sendEvents, takeOver, waitingEvent } from './runs/follow.ts';
import { idempotencyKey } from './runs/idempotency.ts';
import { resumed } from './runs/part-notes.ts';
import { replayFindings } from './runs/replay.ts';
import { reviewed } from './runs/review.ts';
import { hasEnded } from './runs/run-events.ts';
import { viewOf } from './runs/run-view.ts';
import type { Service } from './service.ts';

/** How the caller wants to learn what comes of its run. */
type Answer = 'json' | 'events' | 'end' | 'later';

/** `POST /run`: begins a run, or finds the one that was asked for before, and answers with its end. */
export function registerRunRoute(app: FastifyInstance, service: Service, executions: Executions): void {
  const { module } = service;
  app.post<{ Body: RunInput }>(
    '/run',
    { bodyLimit: limits.body, schema: { body: module.info.input } },
    async (request, reply) => {
      refuseBadInput(service, request.body);
      const handed = module.info.number === 1 ? null : handedOn(request.headers[attemptHeader]);
      const answer = answerOf(request);
      const key = handed === null ? idempotencyKey(request) : null;
      const secrets = await learnRunSecrets(request.body);
      keepRunSecrets(secrets, request.raw);
      if (handed === null) incomingInput(request.raw, request.body.goal);
      const attended = handed === null && key === null && answer !== 'later';
      const { part, begun } = await accept(service, executions, request, { handed, key, secrets });
      if (!begun) {
        followIncoming(request.raw, part);
        await resumeIfAsked(service, part, request);
      }
      reply.header('location', `/runs/${part.runId}`);
      if (answer === 'later') {
        incomingOutput(request.raw, () => `accepted: it goes on at /runs/${part.runId}`);
        reply.code(202).header('preference-applied', 'respond-async');
        return reply.type('application/json').send(viewOf(part));
      }
      if (!begun && handed === null && goesOn(part)) {
        throw conflict(
          part,
          'goesOn',
          'The run this Idempotency-Key stands for goes on: follow it at its Location',
        );
      }
      watchCaller(executions, request, reply, part, { attended, streams: answer !== 'json' });
      if (answer === 'events') {
        const stream = takeOver(reply);
        // Asked for while it is executed here, as only then the cause is known.
        const ended = executions.ending(part);
        ended.catch(() => {});
        await sendEvents(service, executions, part, request, reply, stream, {
          beforeEnd: async () => reportEnd(service, request, await ended, handed === null),
          until: ended.then(untilReview, untilReview),
        });
        return reply;
      }
      const stream = answer === 'end' ? takeOver(reply) : null;
      const ending = await executions.ending(part);
      reportEnd(service, request, ending, handed === null);
      if (ending.state === 'waiting_for_review') {
        if (stream) stream.end([waitingEvent, JSON.stringify(ending.waiting)]);
        else reply.code(202).type('application/json');
        return stream ? reply : reply.send(viewOf((await service.store.part(part)) ?? part));
      }
      if (!stream) return reply.type('application/json').send(outputOf(ending, part));
      // Without an end the module before asks again.
      if (ending.state === 'suspended') reply.raw.destroy();
      else if (ending.state === 'finished') stream.end(['run.finished', finishedData(ending.output)]);
      else stream.end(['run.failed', `{"problem":${writeProblem(ending.problem)}}`]);
      return reply;
    },
  );
}

/** Whoever asks for it again is not to begin a second one, and waits for no person. */
function goesOn(part: Part): boolean {
  return !hasEnded(part) && part.state !== 'waiting_for_review';
}

/** Never resolves where the run ends otherwise: the stream then ends with it. */
async function untilReview(ending: unknown): Promise<void> {
  const { state } = (ending ?? {}) as Partial<Ending>;
  if (state !== 'waiting_for_review') await new Promise(() => {});
}

/** Asked for again after it had failed, or was reviewed: by whoever goes on with the run in an earlier module. */
async function resumeIfAsked(
  { store }: Service,
  part: Part,
  { headers, body }: FastifyRequest,
): Promise<void> {
  const resume = headers['agento-run-resume'];
  if (typeof resume !== 'string' || part.notes.resume === resume) return;
  const { limits, human_review: review } = body as RunInput & { human_review?: HumanReview };
  const waits = part.state === 'waiting_for_review';
  const notes = waits && review ? reviewed(part, resume, review) : resumed(resume, limits);
  await store.reopen(part, { ...notes, ...(review && { review }) }, [...stopped, 'waiting_for_review']);
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
  found.push(...(module.checkInput?.(input) ?? []), ...(input.replay ? replayFindings(input.replay) : []));
  if (input.review !== undefined) found.push(...reviewOptionFindings(module.info.number, input));
  if (found.length > 0) throw badInput(found);
}

/** A run that ends before there is anything to decide, or begins after that, would never wait. */
function reviewOptionFindings(number: number, { stop_after }: RunInput): Finding[] {
  const pointer = '/review';
  if (number > reviewedModule) {
    return [
      { pointer, detail: `is for modules 1 to ${reviewedModule}: module ${number} comes after the review` },
    ];
  }
  if (stop_after === undefined || stop_after > reviewedModule) return [];
  return [{ pointer, detail: `needs a module after ${reviewedModule}: leave out stop_after` }];
}

/** JSON or events, as the caller prefers; where it says nothing of either, JSON. `end`: of the events only the last. */
function answerOf(request: FastifyRequest): Answer {
  const { headers } = request;
  if (/(^|[,;\s])respond-async($|[,;\s])/i.test(String(headers.prefer ?? ''))) return 'later';
  if (!headers.accept?.trim()) return 'json';
  const type = request.accepts().type(['application/json', 'text/event-stream']);
  if (type === 'application/json') return 'json';
  if (type === 'text/event-stream') return headers['agento-progress'] === 'none' ? 'end' : 'events';
  throw new ProblemError(
    problem('not-acceptable', 406, 'Responses are application/json or text/event-stream: accept one of them'),
  );
}

/** A caller that leaves shows on the response: the request emits 'close' as soon as its body was read. */
function watchCaller(
  executions: Executions,
  request: FastifyRequest,
  reply: FastifyReply,
  part: Part,
  { attended, streams }: { attended: boolean; streams: boolean },
): void {
  const onClose = () => {
    if (reply.raw.writableFinished) return;
    if (attended) {
      const left = new Cancelled('The caller closed the connection');
      // Before the instrumentation ends the SERVER span on this same event.
      failIncoming(request.raw, left);
      void executions.cancel(part, left).catch((error: unknown) => {
        request.log.error({ err: error, run_id: part.runId }, 'the run could not be cancelled');
      });
    }
    // A JSON response is still sent, to nobody, and Fastify's hooks end the span with it.
    if (streams) endAbandoned(request.raw);
  };
  // Whoever left while the run was written down closes nothing any more.
  if (reply.raw.destroyed) onClose();
  else reply.raw.prependOnceListener('close', onClose);
}

/** The output's JSON text, or the problem. */
function outputOf(ending: Exclude<Ending, { state: 'waiting_for_review' }>, part: Part): string {
  if (ending.state === 'finished') return ending.output.text;
  if (ending.state !== 'suspended') throw new ProblemError(ending.problem, { cause: ending.cause });
  const detail = `The run is not executed here at the moment; it goes on as soon as it can: follow it at /runs/${part.runId}`;
  throw new ProblemError(problem('busy', 503, detail, { run_id: part.runId }));
}

/** Says on the request's spans how the run ended, as the entrance in full; a failure is logged, too. */
function reportEnd(service: Service, request: FastifyRequest, ending: Ending, isEntrance: boolean): void {
  if (isEntrance && ending.state !== 'suspended') incomingOutput(request.raw, () => endingText(ending));
  if (ending.state !== 'failed' && ending.state !== 'cancelled') return;
  const { problem, cause } = ending;
  failIncoming(request.raw, cause ?? new ProblemError(problem));
  const traceId = incomingTraceId(request.raw);
  const fields = { err: cause, problem: { ...problem, ...(traceId && { trace_id: traceId }) } };
  if (ending.state === 'cancelled') service.log.info({ problem }, 'the run was cancelled');
  else service.log.error(fields, 'the run failed');
}
