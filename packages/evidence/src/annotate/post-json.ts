import { NotFoundError } from '../not-found.ts';
import { jsonOf } from '../payload.ts';

/** Milliseconds until a server that says nothing is given up. */
const patience = 60_000;

/**
 * Posts JSON to the API of a backend. Rejects with a NotFoundError, whose last sentence is the advice, where nobody answers,
 * or no API does.
 */
export async function postJson(
  address: string,
  headers: Record<string, string>,
  body: object,
  advice: string,
): Promise<{ status: number; text: string }> {
  const request = {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    redirect: 'manual',
    signal: AbortSignal.timeout(patience),
  } as const;
  const answered = async () => {
    const answer = await fetch(address, request);
    return { status: answer.status, text: await answer.text() };
  };
  const { status, text } = await answered().catch((error: Error) => {
    throw new NotFoundError(
      `${address} is not reachable (${String(error.cause ?? error.message)}). ${advice}`,
    );
  });
  if (status < 300 && jsonOf(text) === undefined)
    throw new NotFoundError(`${address} answered with no JSON, as a web page does. ${advice}`);
  return { status, text };
}
