import type { Dispatcher } from 'undici';
import type { ChatBody } from './chat.ts';
import { type AnswerHeaders, ConnectionFailure, EndpointFailure, failureOfStatus } from './chat-failures.ts';
import { decoded } from './decoded.ts';
import type { ChatEndpoint } from './endpoint.ts';

/** What an endpoint answered with 2xx. */
export interface Answered {
  text: string;
  headers: AnswerHeaders;
}

/**
 * Asks an endpoint by undici's `dispatch`; the answer is read whole, and not beyond `maxBytes`, compressed or not. Ends
 * with an EndpointFailure for an answer with any status but 2xx, with a ConnectionFailure where none came or it broke
 * off, and with the signal's reason.
 *
 * What undici's own `fetch` and `request` make for a call survives young collections, and with it the prompt, the
 * answer and all they refer to: the full collections this leads to cost more than the calls. Redirects are not
 * followed: a key belongs to the address it was given for.
 */
export function createModelRequest(dispatcher: Dispatcher, endpoint: ChatEndpoint, maxBytes: number) {
  return async (body: ChatBody, signal: AbortSignal): Promise<Answered> => {
    try {
      const { status, headers, content } = await exchange(JSON.stringify(body), signal);
      const text = (await decoded(content, encodingOf(headers), status, maxBytes)).toString();
      if (status < 200 || status >= 300) throw failureOfStatus(status, headers, text);
      return { text, headers };
    } catch (error) {
      if (signal.aborted || error instanceof EndpointFailure) throw error;
      throw new ConnectionFailure(error);
    }
  };

  function exchange(body: string, signal: AbortSignal) {
    const { promise, resolve, reject } = Promise.withResolvers<{
      status: number;
      headers: AnswerHeaders;
      content: Buffer;
    }>();
    const chunks: Buffer[] = [];
    let [status, bytes] = [0, 0];
    let headers: AnswerHeaders = {};
    let request: Dispatcher.DispatchController | null = null;
    const abort = () => {
      // Before it has a connection there is nothing to abort yet: it ends when it gets one.
      request?.abort(signal.reason);
      reject(signal.reason);
    };
    signal.addEventListener('abort', abort);
    dispatcher.dispatch(
      { ...endpoint, method: 'POST', body },
      {
        onRequestStart(controller) {
          request = controller;
          if (signal.aborted) abort();
        },
        onResponseStart(_controller, statusCode, received) {
          status = statusCode;
          headers = received;
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
          resolve({ status, headers, content: Buffer.concat(chunks) });
        },
        onResponseError(_controller, error) {
          reject(error);
        },
      },
    );
    return promise.finally(() => signal.removeEventListener('abort', abort));
  }
}

function encodingOf(headers: AnswerHeaders): string {
  return [headers['content-encoding'] ?? []].flat().join(',');
}
