import { createParser } from 'eventsource-parser';

/** A JSON response. */
export interface JsonAnswer<T> {
  status: number;
  type: string;
  body: T;
}

/** POSTs a body to a module's /run; a string is sent unchanged. */
export async function post<T = Record<string, unknown>>(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<JsonAnswer<T>> {
  const answer = await fetch(`${url}/run`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return {
    status: answer.status,
    type: answer.headers.get('content-type') ?? '',
    body: (await answer.json()) as T,
  };
}

export interface ReceivedEvent {
  name: string;
  data: Record<string, unknown>;
}

/** POSTs for events; yields each as it arrives. Ends when the stream does, or when `signal` is aborted. */
export async function* postForEvents(
  url: string,
  body: unknown,
  signal?: AbortSignal,
): AsyncGenerator<ReceivedEvent> {
  const answer = await fetch(`${url}/run`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify(body),
    ...(signal && { signal }),
  });
  if (!answer.body) throw new Error(`No stream, but ${answer.status}`);
  const received: ReceivedEvent[] = [];
  const parser = createParser({
    onEvent: ({ event, data }) =>
      received.push({ name: event ?? '', data: JSON.parse(data) as Record<string, unknown> }),
  });
  const decoder = new TextDecoder();
  for await (const chunk of answer.body) {
    parser.feed(decoder.decode(chunk, { stream: true }));
    yield* received.splice(0);
  }
}

/** All events of a run. */
export async function allEvents(url: string, body: unknown): Promise<ReceivedEvent[]> {
  const events: ReceivedEvent[] = [];
  for await (const event of postForEvents(url, body)) events.push(event);
  return events;
}
