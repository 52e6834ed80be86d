import { setTimeout as delay } from 'node:timers/promises';
import type { Cancelled } from '@agento/agent';
import { type Lease, LeaseLost, type Part, type PartId } from '@agento/runs';
import { recordsContent } from '@agento/tracing';
import type { Service } from '../service.ts';
import { type Ending, endOf } from './ending.ts';
import { type Caller, execute } from './execution.ts';
import { keyOf } from './part-key.ts';
import { Suspended } from './suspended.ts';
import { createTurns } from './turns.ts';

/** When something is tried again that failed for a reason of the store's, in milliseconds. */
const troubleMs = 5_000;

/** How long the spans of a suspended execution may take to become safe before it is handed over, in milliseconds. */
const handOverMs = 1_000;

/** How many parts are executed here, and how long they wait. */
export interface Load {
  /** Doing the module's own work, at most AGENTO_MAX_RUNS. */
  working: number;
  /** Waiting for the modules after. */
  handedOn: number;
  /** Waiting for their turn, or just being accepted. */
  queued: number;
  /** How long the first of them has waited, in seconds. */
  oldestQueuedSeconds: number;
}

/** Who executes which part in this process. */
export interface Executions {
  load(): Load;
  /** Begins a part with what `begin` gives, and executes it when its turn comes. */
  start<T extends { part: Part; begun: boolean }>(
    runId: string,
    begin: () => Promise<T>,
    caller: Caller,
  ): Promise<T>;
  /** Whether the run is being accepted, waits or is executed here: another request for it takes no more room. */
  isHere(runId: string): boolean;
  /** Takes over what nobody executes, now and whenever there is something. */
  takeOver(): void;
  /** Cancels the part, whoever executes it. */
  cancel(id: PartId, why: Cancelled): Promise<void>;
  /** Resolves when the part ends, whoever executes it. */
  ending(id: PartId): Promise<Ending>;
  /** Aborted when nothing is executed here any more: the service is being stopped. */
  stopped: AbortSignal;
  /** Gives what is executed here the time to end, in milliseconds; the rest goes on elsewhere or later. */
  stop(graceMs: number): Promise<void>;
  /** Resolves when nothing of the ended parts can be lost any more, or the time is over, in milliseconds. */
  settle(timeoutMs: number): Promise<void>;
}

interface Waiting {
  id: PartId;
  caller: Caller;
  since: number;
}

export function createExecutions(service: Service): Executions {
  const { module, settings, store } = service;
  const { number } = module.info;
  const stopping = new AbortController();
  const waiting: Waiting[] = [];
  /** What is executed here, until it has ended. */
  const active = new Map<string, { ended: Promise<Ending>; stop: AbortController }>();
  const settling = new Set<Promise<void>>();
  const accepting = createTurns();
  let [working, isScanning, isStopping] = [0, false, false];
  /** Nothing is looked for before: a store that refuses is not asked again and again. */
  let restsUntil = 0;

  function enqueue(id: PartId, caller: Caller): void {
    const key = keyOf(id);
    if (active.has(key) || waiting.some((other) => keyOf(other.id) === key)) return;
    waiting.push({ id, caller, since: performance.now() });
    advance();
  }

  function advance(): void {
    while (working < settings.maxRuns && !stopping.signal.aborted) {
      const next = waiting.shift();
      if (!next) return void scan();
      working += 1;
      const stop = new AbortController();
      const key = keyOf(next.id);
      const entry = { ended: run(next, stop.signal), stop };
      active.set(key, entry);
      void entry.ended.finally(() => {
        if (active.get(key) === entry) active.delete(key);
      });
    }
  }

  async function run({ id, caller }: Waiting, stop: AbortSignal): Promise<Ending> {
    let isWorking = true;
    const worked = () => {
      if (!isWorking) return;
      isWorking = false;
      working -= 1;
      advance();
    };
    const began = performance.now();
    let ending: Ending | null = null;
    try {
      const lease = await store.claim(id);
      if (lease === null) {
        service.spans.forget(id);
        // Only watched from here on: when whoever has it dies, it is taken over like any other.
        active.delete(keyOf(id));
        worked();
        return await elsewhere(id);
      }
      service.metrics.runStarted();
      try {
        ending = await execute(service, lease, stop, caller, worked);
      } finally {
        service.metrics.runEnded(ending?.state ?? 'suspended', (performance.now() - began) / 1_000);
        await service.telemetry.finishRun(id.runId, id.attempt);
        const settled = leave(lease, ending);
        settling.add(settled);
        void settled.finally(() => settling.delete(settled));
      }
      return ending;
    } catch (error) {
      restsUntil = performance.now() + troubleMs;
      service.log.error({ err: error, run_id: id.runId }, 'the run could not be executed');
      // The part has not ended: as soon as the store is well it is executed, so nobody is told that it failed.
      return { state: 'suspended' };
    } finally {
      worked();
    }
  }

  /** What has ended is settled once its evidence is safe; a suspended execution leaves as little as possible to the next. */
  async function leave(lease: Lease, ending: Ending | null): Promise<void> {
    const { runId: run_id } = lease.part;
    try {
      // Its end could not be recorded: whoever tries next should not find the same trouble at once.
      if (ending === null) await delay(troubleMs, undefined, { ref: false });
      const settled = ending !== null && ending.state !== 'suspended';
      const safe = service.spans.close(lease.part);
      if (settled) await safe;
      else await Promise.race([service.telemetry.flush().then(() => safe), delay(handOverMs)]);
      if (ending?.state !== 'suspended' && ending?.record) await atLast(ending.record);
      if (settled && !recordsContent()) await store.forget(lease.part, 'calls');
      await atLast(() => lease.end({ settled }));
    } catch (error) {
      service.log.warn({ err: error, run_id }, 'the end of the run could not be recorded');
    }
  }

  /** Does what the store may refuse: until there is room again, or Postgres is back. @throws LeaseLost */
  async function atLast(work: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (error instanceof LeaseLost || stopping.signal.aborted) throw error;
        await delay(troubleMs, undefined, { signal: stopping.signal, ref: false });
      }
    }
  }

  async function scan(): Promise<void> {
    if (isScanning || accepting.size > 0 || isStopping || performance.now() < restsUntil) return;
    isScanning = true;
    try {
      const room = settings.maxRuns - working - waiting.length;
      if (room > 0) for (const id of await store.claimable(number, room)) enqueueFound(id);
    } catch (error) {
      service.log.warn({ err: error }, 'it could not be looked for runs to go on with');
    } finally {
      isScanning = false;
    }
  }

  function enqueueFound(id: PartId): void {
    if (!active.has(keyOf(id)))
      service.log.info({ run_id: id.runId, attempt: id.attempt }, 'going on with a run');
    enqueue(id, {});
  }

  /** The end of a part that this process does not execute; suspended if nobody can say here. */
  function elsewhere(id: PartId): Promise<Ending> {
    const { promise, resolve } = Promise.withResolvers<Ending>();
    const leave = () => resolve({ state: 'suspended' });
    const look = async () => {
      const part = await store.part(id);
      const ending = await endOf(store, part);
      if (ending) resolve(ending);
      else if (stopping.signal.aborted) leave();
    };
    const unwatch = store.watch(id, () => void look().catch(leave));
    void look().catch(leave);
    stopping.signal.addEventListener('abort', leave, { once: true });
    return promise.finally(() => {
      unwatch();
      stopping.signal.removeEventListener('abort', leave);
    });
  }

  let unsubscribe = () => {};
  return {
    load: () => ({
      working,
      handedOn: active.size - working,
      queued: waiting.length + accepting.size,
      oldestQueuedSeconds: waiting[0] ? (performance.now() - waiting[0].since) / 1_000 : 0,
    }),
    isHere: (runId) =>
      accepting.has(runId) ||
      waiting.some(({ id }) => id.runId === runId) ||
      active.keys().some((key) => key.startsWith(runId)),
    async start(runId, begin, caller) {
      const taken = await accepting.take(runId, begin);
      if (taken.begun) {
        enqueue(taken.part, caller);
        // Another replica may have room for it.
        if (!active.has(keyOf(taken.part))) await store.offer(number);
      }
      return taken;
    },
    takeOver() {
      unsubscribe = store.onClaimable(number, () => void scan());
      void scan();
    },
    async cancel(id, why) {
      const here = active.get(keyOf(id));
      if (here) here.stop.abort(why);
      else await store.requestCancel(id);
    },
    ending: (id) => active.get(keyOf(id))?.ended ?? elsewhere(id),
    stopped: stopping.signal,
    async stop(graceMs) {
      isStopping = true;
      unsubscribe();
      const until = performance.now() + graceMs;
      waiting.splice(0);
      while (active.size > 0 && performance.now() < until) await delay(20);
      stopping.abort();
      const here = [...active.values()];
      for (const { stop } of here)
        stop.abort(new Suspended('The service is being stopped; the run goes on when it is back'));
      await Promise.allSettled(here.map(({ ended }) => ended));
    },
    async settle(timeoutMs) {
      await Promise.race([Promise.allSettled(settling), delay(timeoutMs)]);
    },
  };
}
