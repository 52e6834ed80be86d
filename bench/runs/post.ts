const goal = 'Open a repair café in a small town';

/** How a run was answered, and after how many milliseconds. */
export interface Answered {
  status: number;
  wallMs: number;
}

/** Posts a run to module 1 and waits for its end, or for its refusal. @throws at any other answer */
export async function postRun(url: string): Promise<Answered> {
  const began = performance.now();
  const answer = await fetch(`${url}/run`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ goal }),
  });
  const text = await answer.text();
  if (!answer.ok && answer.status !== 503) throw new Error(text);
  return { status: answer.status, wallMs: performance.now() - began };
}
