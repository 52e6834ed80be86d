import type { Dispatcher } from 'undici';
import { EndpointFailure, failureOfStatus } from './chat-failures.ts';
import { decoded } from './decoded.ts';

/** What a call says to `createModelFetch`, as the `openai` client's `fetchOptions`. */
export interface ModelFetchOptions {
  /** Ends the call. The client's own `signal` would register each call for finalization. */
  cancel: AbortSignal;
  /** Given the answer's body; a Response would copy it twice more. */
  receive(body: string): void;
}

/** All that is read of an answer's head; the client would go through whatever else there is, for its debug log. */
const readHeaders = [
  'content-encoding',
  'location',
  'retry-after',
  'retry-after-ms',
  'x-ratelimit-remaining-requests',
  'x-ratelimit-remaining-tokens',
  'x-ratelimit-reset-requests',
  'x-ratelimit-reset-tokens',
  'x-should-retry',
];

/**
 * `fetch` for the `openai` client, by undici's `dispatch`; the answer is read whole, and not
 * beyond `maxBytes`, compressed or not. An answer with any status but 2xx is thrown as an EndpointFailure: the client
 * would parse the body of an error without a limit, and keep only some of what it says.
 *
 * What undici's own `fetch` and `request` make for a call survives young collections, and with it the prompt, the
 * answer and all they refer to: the full collections this leads to cost more than the calls. Redirects are not
 * followed: a key belongs to the address it was given for.
 */
export function createModelFetch(dispatcher: Dispatcher, maxBytes: number): typeof fetch {
  return async (input, init: RequestInit & Partial<ModelFetchOptions> = {}) => {
    const { origin, pathname, search } = new URL(String(input));
    const { promise, resolve, reject } = Promise.withResolvers<{ status: number; headers: Headers }>();
    const chunks: Buffer[] = [];
    let bytes = 0;
    const headers = new Headers();
    let status = 0;
    let request: Dispatcher.DispatchController | null = null;
    // The caller's, and the client's own for its time limit.
    const signals = [init.cancel, init.signal].filter((signal) => signal != null);
    const abort = () => {
      const { reason } = signals.find(({ aborted }) => aborted) ?? {};
      // Before it has a connection there is nothing to abort yet: it ends when it gets one.
      request?.abort(reason);
      reject(reason);
    };
    for (const signal of signals) signal.addEventListener('abort', abort);
    try {
      dispatcher.dispatch(
        {
          origin,
          path: pathname + search,
          method: (init.method ?? 'GET') as Dispatcher.HttpMethod,
          headers: [...new Headers(init.headers), ['accept-encoding', 'identity']].flat(),
          body: init.body as string,
        },
        {
          onRequestStart(controller) {
            request = controller;
            if (signals.some(({ aborted }) => aborted)) abort();
          },
          onResponseStart(_controller, statusCode, received) {
            status = statusCode;
            for (const name of readHeaders)
              for (const value of [received[name] ?? []].flat()) headers.append(name, value);
          },
          onResponseData(controller, chunk) {
            bytes += chunk.length;
            if (bytes <= maxBytes) {
              chunks.push(chunk);
              return;
            }
            const failure = new EndpointFailure('too_large', status);
            chunks.length = 0;
            reject(failure);
            controller.abort(failure);
          },
          onResponseEnd() {
            resolve({ status, headers });
          },
          onResponseError(_controller, error) {
            reject(error);
          },
        },
      );
      await promise;
    } finally {
      for (const signal of signals) signal.removeEventListener('abort', abort);
    }
    const body = await decoded(Buffer.concat(chunks), headers.get('content-encoding'), status, maxBytes);
    if (status < 200 || status >= 300) throw failureOfStatus(status, headers, body.toString());
    init.receive?.(body.toString());
    return new Response(null, { status, headers });
  };
}
