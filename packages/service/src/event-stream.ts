import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** Receives a run's events; `data` is JSON, so that what a later module said is passed on as it came. */
export type EventSink = (name: string, data: string) => void;

/** A response of server-sent events (WHATWG HTML, section 9.2), with comments while nothing happens. */
export interface EventStream {
  send: EventSink;
  end(): void;
}

/** Begins the answer; `keepAliveMs` is the time between two comments, `headers` stand beside the stream's own. */
export function openEventStream(
  response: ServerResponse,
  keepAliveMs = 15_000,
  headers: OutgoingHttpHeaders = {},
): EventStream {
  response.writeHead(200, {
    ...headers,
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    // Proxies would hold events back until their buffer is full.
    'x-accel-buffering': 'no',
  });
  response.write(': the run begins\n\n');
  // Events of one turn of the event loop leave in one write: every module relays those of all after it.
  let pending = '';
  let scheduled: NodeJS.Immediate | null = null;
  const flush = () => {
    scheduled = null;
    if (pending !== '' && !response.writableEnded && !response.destroyed) response.write(pending);
    pending = '';
  };
  const keepAlive = setInterval(() => response.write(': still running\n\n'), keepAliveMs);
  const stop = () => clearInterval(keepAlive);
  response.once('close', stop);
  return {
    send(name, data) {
      pending += `event: ${name}\ndata: ${data}\n\n`;
      scheduled ??= setImmediate(flush);
    },
    end() {
      stop();
      if (scheduled) clearImmediate(scheduled);
      flush();
      response.end();
    },
  };
}
