/** A server's answer that is an error, by its status; the message is for people. */
export class Refused extends Error {
  readonly status: number;
  /** Whether the service itself says so; what stands before it, such as a proxy, may answer for it. */
  readonly isOfService: boolean;
  constructor(status: number, message: string, isOfService = false) {
    super(message);
    this.status = status;
    this.isOfService = isOfService;
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
  if (key !== null) {
    // No header can carry such a key, so it is none of the server's.
    if (!/^[\x21-\x7e]+$/.test(key)) return refuseKey();
    headers.set('authorization', `Bearer ${key}`);
  }
  const answer = await fetch(path, { ...request, headers }).catch((error: unknown) => {
    if (request.signal?.aborted) throw error;
    throw new Refused(0, 'The server does not answer. Is it still running?');
  });
  if (answer.ok) return answer;
  if (answer.status === 401) for (const ask of asking) ask(key !== null);
  const problem = (await answer.json().catch(() => null)) as { type?: unknown; detail?: unknown } | null;
  const detail = problem?.detail;
  throw new Refused(
    answer.status,
    typeof detail === 'string' ? detail : `The server answered ${answer.status}.`,
    String(problem?.type).startsWith('urn:agento:problem:'),
  );
}

function refuseKey(): never {
  for (const ask of asking) ask(true);
  throw new Refused(401, 'The key has characters that no key can have.');
}
