import { type HumanReview, type Review, type ReviewedRequest, reviewedModule } from '@agento/contracts';
import type { Lease, Part } from '@agento/runs';
import type { Module, RunInput } from '../module.ts';
import { ProblemError, problem } from '../problem.ts';
import type { Service } from '../service.ts';
import { type Ending, outputOf } from './ending.ts';
import { tryRecording } from './file-errors.ts';
import { nextOf, reviewOfNext } from './later-module.ts';
import type { PartNotes, Waiting } from './part-notes.ts';

/** What of a module's output a person is to decide; nothing unless the run was asked for so. */
export function requestsIn(module: Module, input: RunInput, output: object): ReviewedRequest[] {
  if (input.review !== 'revisions' || !module.requests) return [];
  return module.requests(output as RunInput);
}

/** What the part waits for before the next module goes on; null if nothing is to be decided, or it was. */
export function waitingFor({ module }: Service, part: Part, text: string): Waiting | null {
  const { review, usage = [] } = part.notes as PartNotes;
  const input = part.input as RunInput;
  if (review || input.review === undefined || !module.requests) return null;
  const requests = requestsIn(module, input, JSON.parse(text)).length;
  return requests === 0 ? null : { run_id: part.runId, module: part.module, requests, usage };
}

/** Ends the execution until a person has decided: nobody is waited with meanwhile. */
export async function wait(service: Service, lease: Lease, waiting: Waiting): Promise<Ending> {
  const state = 'waiting_for_review';
  const { usage, requests } = waiting;
  const record = () =>
    lease.change({ state, notes: { waiting, waiting_since: Date.now(), usage } satisfies PartNotes });
  const isRecorded = await tryRecording(service, lease.part, record);
  service.log.info({ run_id: lease.part.runId, requests }, 'the run waits for review');
  return { state, waiting, ...(!isRecorded && { record }) };
}

/** What is noted of a part that was reviewed. The time that people took counts against no limit. */
export function reviewed({ notes }: Part, resume: string, review: HumanReview): PartNotes {
  const { waiting_since = Date.now(), waited_ms = 0 } = notes as PartNotes;
  return { resume, review, waited_ms: waited_ms + Date.now() - waiting_since };
}

/** What there is to decide about a run, and what was decided: from the module that made it, whichever is asked. */
export async function reviewPage(service: Service, part: Part): Promise<Review> {
  const { store, module } = service;
  const { goal, review: asked } = part.input as RunInput;
  const { review = null, gone_on } = part.notes as PartNotes;
  if (asked === undefined || part.module > reviewedModule) {
    throw nothing(part, 'was not asked for with "review": "revisions"');
  }
  const own = { run_id: part.runId, run_attempt: part.attempt, goal };
  const now = { waiting: part.state === 'waiting_for_review', review };
  if (module.requests) {
    const text = await outputOf(store, part, part.module);
    if (text === null) throw nothing(part, `has nothing to decide yet: module ${part.module} is at work`);
    return { ...own, ...now, requests: requestsIn(module, part.input as RunInput, JSON.parse(text)) };
  }
  const next = nextOf(service);
  if (next === null || !gone_on) {
    throw nothing(part, `has nothing to decide yet: module ${part.module} is at work`);
  }
  const page = await reviewOfNext(next, part);
  return { ...page, ...now };
}

function nothing({ runId }: Part, why: string): ProblemError {
  return new ProblemError(problem('not-found', 404, `The run ${runId} ${why}`, { run_id: runId }));
}
