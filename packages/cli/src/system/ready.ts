import { get } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** Polls until the address answers 200. Rejects with the last response when the signal aborts. */
export async function untilReady(url: string, signal: AbortSignal): Promise<void> {
  let last = 'no answer';
  while (!signal.aborted) {
    const answer = await answerOf(url);
    if (answer.status === 200) return;
    last = answer.text;
    await delay(30, undefined, { signal }).catch(() => {});
  }
  throw new Error(`${url}: ${last}`);
}

/** One GET; never rejects. `status` is 0 where nobody answered. */
function answerOf(url: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve) => {
    const failed = (error: Error) => resolve({ status: 0, text: error.message });
    const request = get(url, { agent: false, timeout: 2000 }, (response) => {
      const status = response.statusCode ?? 0;
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        // Another program may have taken the port, and its response may never end.
        if (text.length > 500) request.destroy();
        else text += chunk;
      });
      response.once('close', () => resolve({ status, text: `${status} ${text.slice(0, 500)}` }));
    });
    request.once('error', failed);
    request.once('timeout', () => request.destroy(new Error('no answer within 2 s')));
  });
}
