import type { Dispatcher } from 'undici';

/** Answers with one of these have no body, and a Response is not made with one. */
const withoutBody = new Set([204, 205, 304]);

/** What a call says to `createModelFetch`, as the `openai` client's `fetchOptions`. */
export interface ModelFetchOptions {
  /** Ends the call. The client's own `signal` would register each call for finalization. */
  cancel: AbortSignal;
}

/**
 * `fetch` for the `openai` client, by undici's `dispatch`; the answer is read whole before it is given back.
 *
 * What undici's own `fetch` and `request` make for a call survives young collections, and with it the prompt, the
 * answer and all they refer to: the full collections this leads to cost more than the calls. Redirects are not
 * followed: a key belongs to the address it was given for.
 */
export function createModelFetch(dispatcher: Dispatcher): typeof fetch {
  return async (input, init: RequestInit & Partial<ModelFetchOptions> = {}) => {
    const { origin, pathname, search } = new URL(String(input));
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    const chunks: Buffer[] = [];
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
            for (const [name, value] of Object.entries(received))
              for (const single of [value ?? []].flat()) headers.append(name, single);
          },
          onResponseData(_controller, chunk) {
            chunks.push(chunk);
          },
          onResponseEnd() {
            const body = withoutBody.has(status) ? null : Buffer.concat(chunks);
            resolve(new Response(body, { status, headers }));
          },
          onResponseError(_controller, error) {
            reject(error);
          },
        },
      );
      return await promise;
    } finally {
      for (const signal of signals) signal.removeEventListener('abort', abort);
    }
  };
}
