import { setTimeout as delay } from 'node:timers/promises';
import type { Part } from '@agento/runs';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { request } from 'undici';
import { writeProblem } from '../problem.ts';
import type { Service } from '../service.ts';
import type { Executions } from './executions.ts';
import { finishedData } from './finished-data.ts';
import { addressOf, authorization, nextOf } from './later-module.ts';
import type { PartNotes } from './part-notes.ts';
import { createPatience } from './patience.ts';
import type { EventRecord } from './recorder.ts';

/** An event with its place in the run: `{module}.{number}`, or `{module}.end` for the last. */
export interface PlacedEvent {
  id: string;
  name: string;
  data: string;
}

/** How long later modules may be waited for to say the rest after the run has ended here, in milliseconds. */
const restMs = 2_000;
const reconnectMs = 500;
/** Most events that are taken from the store at once. */
const mostAtOnce = 200;

/**
 * The events of a run from this module on: its own as they were recorded, those of the modules after it as these tell
 * them, and the end. Whoever comes back goes on after the place it has seen last.
 *
 * @param after the place seen last; empty for all
 */
export async function* readEvents(
  service: Service,
  executions: Executions,
  id: Part,
  after: string,
  signal: AbortSignal,
): AsyncGenerator<PlacedEvent> {
  const { number } = service.module.info;
  const seen = /^(\d{1,3})\.(\d{1,15}|end)$/.exec(after);
  const [seenModule, seenPlace] = [Number(seen?.[1] ?? number), seen?.[2] ?? '0'];
  if (seenModule === number && seenPlace === 'end') return;
  const isOwn = seenModule === number;
  yield* ownEvents(service, id, isOwn ? Number(seenPlace) : Number.POSITIVE_INFINITY, signal);
  const part = await service.store.part(id);
  if (part && (part.notes as PartNotes).gone_on) {
    yield* laterEvents(service, part, isOwn ? '' : after, signal);
  }
  // Whoever left would be waited with until the run ends.
  if (signal.aborted) return;
  const ending = await executions.ending(id);
  if (signal.aborted || ending.state === 'suspended' || ending.state === 'waiting_for_review') return;
  yield ending.state === 'finished'
    ? { id: `${number}.end`, name: 'run.finished', data: finishedData(ending.output) }
    : { id: `${number}.end`, name: 'run.failed', data: `{"problem":${writeProblem(ending.problem)}}` };
}

/** This module's own events, until it has gone on or the run has ended. */
async function* ownEvents(
  { store, module }: Service,
  id: Part,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<PlacedEvent> {
  let changed = Promise.withResolvers<void>();
  const unwatch = store.watch(id, () => changed.resolve());
  const stop = () => changed.resolve();
  signal.addEventListener('abort', stop);
  try {
    for (let place = after; !signal.aborted; ) {
      changed = Promise.withResolvers<void>();
      // Before its events: what has ended tells nothing more, and whatever it told is there.
      const part = await store.part(id);
      const records = Number.isFinite(place) ? await store.records(id, 'events', place, mostAtOnce) : [];
      for (const { seq, data } of records) {
        place = seq;
        yield { ...(data as EventRecord), id: `${module.info.number}.${seq}` };
      }
      if (records.length > 0) continue;
      if (!part || hasEnded(part) || (part.notes as PartNotes).gone_on) return;
      await changed.promise;
    }
  } finally {
    unwatch();
    signal.removeEventListener('abort', stop);
  }
}

/** What the modules after this one tell, until the run has ended here; a lost connection is taken up again. */
async function* laterEvents(
  service: Service,
  part: Part,
  after: string,
  signal: AbortSignal,
): AsyncGenerator<PlacedEvent> {
  const over = new AbortController();
  const leave = () => over.abort();
  signal.addEventListener('abort', leave, { once: true });
  // While the store does not answer nobody knows; there is news when it is back.
  const look = () => void endSoon().catch(() => {});
  const unwatch = service.store.watch(part, look);
  let isOver = false;
  let isReading = false;
  const patience = createPatience(restMs, leave);
  /** The rest is told quickly, or not at all; how long the reader takes for it is another matter. */
  async function endSoon(): Promise<void> {
    const now = await service.store.part(part);
    if (isOver || (now && !hasEnded(now))) return;
    isOver = true;
    if (!isReading) patience.wait();
  }
  look();
  try {
    for (let place = after; !over.signal.aborted; ) {
      const wasOver = isOver;
      let isTold = false;
      try {
        for await (const event of tellingOf(service, part, place, over.signal)) {
          if (event.name === 'run.finished' || event.name === 'run.failed') return;
          place = event.id;
          isTold = true;
          // The caller already got run.started from this module.
          if (event.name === 'run.started') continue;
          isReading = true;
          patience.pause();
          yield event;
          isReading = false;
          if (isOver) patience.wait();
        }
      } catch {
        // It is asked again.
      }
      // The run has ended, and the next module has nothing to tell of it.
      if (wasOver && !isTold) return;
      await delay(reconnectMs, undefined, { signal: over.signal }).catch(() => {});
    }
  } finally {
    unwatch();
    signal.removeEventListener('abort', leave);
    patience.pause();
    over.abort();
  }
}

/** The event stream of the next module's part. */
async function* tellingOf(
  service: Service,
  part: Part,
  after: string,
  signal: AbortSignal,
): AsyncGenerator<PlacedEvent> {
  const next = nextOf(service);
  if (next === null) return;
  const response = await request(addressOf(next, part, '/events'), {
    headers: {
      ...authorization(next),
      accept: 'text/event-stream',
      ...(after !== '' && { 'last-event-id': after }),
    },
    signal,
    dispatcher: next.dispatcher,
  });
  if (response.statusCode !== 200) {
    await response.body.dump();
    return;
  }
  const arrived: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => void arrived.push(event) });
  const decoder = new TextDecoder();
  for await (const chunk of response.body) {
    parser.feed(decoder.decode(chunk as Buffer, { stream: true }));
    for (const { id = after, event: name = 'message', data } of arrived.splice(0)) yield { id, name, data };
  }
}

export function hasEnded({ state }: Part): boolean {
  return state === 'finished' || state === 'failed' || state === 'cancelled';
}
