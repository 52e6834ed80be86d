import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** Receives a run's events; `data` is JSON, so that what a later module said is passed on as it came. */
export type EventSink = (name: string, data: string) => void;

/** A response of server-sent events (WHATWG HTML, section 9.2), with comments while nothing happens. */
export interface EventStream {
  send: EventSink;
  /** Sends the last event together with the end, so that a caller who leaves after reading it aborts nothing. */
  end(last?: [name: string, data: string]): void;
}

/** Minimum time between two writes of events, in milliseconds: every module relays those of all later ones. */
const gatherMs = 50;

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
    scheduled = null;
    if (pending === '' || response.writableEnded || response.destroyed) return;
    response.write(pending);
    pending = '';
    wrote = performance.now();
  };
  const add = (name: string, data: string) => {
    pending += `event: ${name}\ndata: ${data}\n\n`;
  };
  const keepAlive = setInterval(() => response.write(': still running\n\n'), keepAliveMs);
  const stop = () => clearInterval(keepAlive);
  response.once('close', stop);
  return {
    send(name, data) {
      add(name, data);
      scheduled ??= setTimeout(flush, Math.max(0, wrote + gatherMs - performance.now()));
    },
    end(last) {
      stop();
      if (scheduled) clearTimeout(scheduled);
      if (last) add(...last);
      flush();
      response.end();
    },
  };
}
