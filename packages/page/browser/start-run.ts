import { Refused, send } from './send.ts';

/** What a run is started with: the body of `POST /run`, of which this page knows so much. */
export interface NewRunBody {
  goal: string;
  context?: string;
  session_id?: string;
  stop_after?: number;
  review?: 'revisions';
  limits?: { usd?: number; tokens?: number; calls?: number; seconds?: number };
}

/**
 * Starts runs, one for each thing that is asked for: where no answer of the service came, the same body goes with the same
 * key again, and the service answers with the run that it began then.
 */
export function runStarter(): (body: NewRunBody) => Promise<string> {
  let unanswered: { text: string; key: string } | null = null;
  return async (body) => {
    const text = JSON.stringify(body);
    if (unanswered?.text !== text) unanswered = { text, key: newKey() };
    try {
      const answer = await send('./run', {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          prefer: 'respond-async',
          'idempotency-key': unanswered.key,
        },
        body: text,
      });
      const { run_id } = ((await answer.json().catch(() => null)) ?? {}) as { run_id?: unknown };
      if (typeof run_id !== 'string') throw new Error('What came is no answer of the service. Try again.');
      unanswered = null;
      return run_id;
    } catch (error) {
      // An answer of the service is one, even if it is no: whoever asks again means another run.
      if (error instanceof Refused && error.isOfService) unanswered = null;
      throw error;
    }
  };
}

/** Not `randomUUID`: browsers have that over HTTPS and on this machine only. */
function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
}
