import { once } from 'node:events';
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** Receives a run's events; `data` is JSON text, passed on as it is; `id` tells where a caller that comes back goes on. */
export type EventSink = (name: string, data: string, id?: string) => void;

/** A response of server-sent events (WHATWG HTML, section 9.2), with comments while nothing happens. */
export interface EventStream {
  send: EventSink;
  /** Resolves when the reader has taken so much of what was sent that more may be, or on the signal. */
  room(signal: AbortSignal): Promise<void>;
  /** Sends the last event together with the end, so that a caller who leaves after reading it aborts nothing. */
  end(last?: Parameters<EventSink>): void;
}

/** Minimum time between two writes of events, in milliseconds: a reader that comes back gets many at once. */
const gatherMs = 50;
/** Most characters that wait for that time. */
const mostPending = 65_536;

/** Begins the response; `keepAliveMs` is the time between comments, `headers` are added to the stream's own. */
export function openEventStream(
  response: ServerResponse,
  keepAliveMs = 15_000,
  headers: OutgoingHttpHeaders = {},
): EventStream {
  response.writeHead(200, {
    ...headers,
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    // Otherwise proxies hold events back until their buffer is full.
    'x-accel-buffering': 'no',
  });
  response.write(': the run begins\n\n');
  let pending = '';
  let scheduled: NodeJS.Timeout | null = null;
  let wrote = 0;
  // The first event after a pause is sent at once, those that follow are batched: a write costs more than its events.
  const flush = () => {
    if (scheduled) clearTimeout(scheduled);
    scheduled = null;
    if (pending === '' || response.writableEnded || response.destroyed) return;
    response.write(pending);
    pending = '';
    wrote = performance.now();
  };
  const add: EventSink = (name, data, id) => {
    pending += `${id === undefined ? '' : `id: ${id}\n`}event: ${name}\ndata: ${data}\n\n`;
  };
  // A reader that takes nothing needs no sign of life: its comments would lie in memory.
  const keepAlive = setInterval(() => {
    if (!response.writableNeedDrain) response.write(': still running\n\n');
  }, keepAliveMs);
  const stop = () => clearInterval(keepAlive);
  response.once('close', stop);
  return {
    send(...event) {
      add(...event);
      scheduled ??= setTimeout(flush, Math.max(0, wrote + gatherMs - performance.now()));
    },
    async room(signal) {
      if (pending.length >= mostPending) flush();
      if (response.writableNeedDrain) await once(response, 'drain', { signal }).catch(() => {});
    },
    end(last) {
      if (response.writableEnded) return;
      stop();
      if (last) add(...last);
      flush();
      response.end();
    },
  };
}
