import type { RunEventName, RunEvents } from '@agento/contracts';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { Refused, send } from './send.ts';

/** One event of a run, by its name. */
export type RunEvent = { [N in RunEventName]: { name: N; data: RunEvents[N] } }[RunEventName];

/** Milliseconds until a lost connection is tried again. */
const pause = 1_000;

/**
 * The events of a run from the first, until its end: a connection that is lost goes on after the last event that came.
 * (Not EventSource: it sends no key.) Rejects with a Refused where the run is not known.
 */
export async function* eventsOfRun(id: string, signal: AbortSignal): AsyncGenerator<RunEvent> {
  let last = '';
  while (!signal.aborted) {
    try {
      const answer = await send(`./runs/${id}/events`, {
        signal,
        headers: { accept: 'text/event-stream', ...(last !== '' && { 'last-event-id': last }) },
      });
      if (answer.status === 204 || answer.body === null) return;
      const events = answer.body
        .pipeThrough(new TextDecoderStream())
        .pipeThrough(new EventSourceParserStream());
      const reader = events.getReader();
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        const { event, data, id: number } = next.value;
        if (number) last = number;
        yield { name: event, data: JSON.parse(data) } as RunEvent;
        if (event === 'run.finished' || event === 'run.failed') return;
      }
    } catch (error) {
      if (signal.aborted) return;
      const isPassing = !(error instanceof Refused) || error.status === 0 || error.status >= 500;
      if (!isPassing) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
