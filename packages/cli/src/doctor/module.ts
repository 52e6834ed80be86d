import { fetch } from 'undici';
import { type Diagnosis, patience, reasonOf } from './diagnosis.ts';

/** Asks a module whether it can take a run. */
export async function checkModule(url: string): Promise<Diagnosis> {
  const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(patience) }).catch(
    (error: unknown) => reasonOf(error),
  );
  if (typeof answer === 'string') {
    const remedy = '`pnpm start` brings all of them up';
    return { ok: false, found: `nobody answers at ${url} (${answer})`, remedy };
  }
  const body = await answer.text();
  if (answer.ok) return { ok: true, found: `ready at ${url}` };
  const remedy = 'look into its log';
  return { ok: false, found: `${url}/readyz answers ${answer.status}: ${body.slice(0, 200)}`, remedy };
}
