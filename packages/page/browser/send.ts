/** A server's answer that is an error, by its status; the message is for people. */
export class Refused extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The key this service asks for; kept while this tab is open, and nowhere else. */
const place = 'agento-key';
const asking = new Set<AskForKey>();

/** Told when a request was refused for want of a key; `isWrong`: it came with one. */
type AskForKey = (isWrong: boolean) => void;

export function keepKey(key: string): void {
  sessionStorage.setItem(place, key);
}

/** Calls back when a request was refused for want of a key; returns what stops that. */
export function whenKeyIsAsked(ask: AskForKey): () => void {
  asking.add(ask);
  return () => asking.delete(ask);
}

/** Sends a request to the server this page is from, with the key if there is one. Rejects with a Refused. */
export async function send(path: string, request: RequestInit = {}): Promise<Response> {
  const key = sessionStorage.getItem(place);
  const headers = new Headers(request.headers);
  if (key !== null) headers.set('authorization', `Bearer ${key}`);
  const answer = await fetch(path, { ...request, headers }).catch((error: unknown) => {
    if (request.signal?.aborted) throw error;
    throw new Refused(0, 'The server does not answer. Is it still running?');
  });
  if (answer.ok) return answer;
  if (answer.status === 401) for (const ask of asking) ask(key !== null);
  const problem = (await answer.json().catch(() => ({}))) as { detail?: unknown };
  throw new Refused(
    answer.status,
    typeof problem.detail === 'string' ? problem.detail : `The server answered ${answer.status}.`,
  );
}
