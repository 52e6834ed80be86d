import { fetch } from 'undici';
import { startOf } from '../answer-text.ts';
import { bearer } from '../api-key.ts';
import { startCommand } from '../invocation.ts';
import { connections } from './connections.ts';
import { answerTimeout, type Diagnosis, reasonOf } from './diagnosis.ts';

/** Asks a module whether it can take a run, and whether it takes the key of this environment. */
export async function checkModule(url: string, env: NodeJS.ProcessEnv = {}): Promise<Diagnosis> {
  const dispatcher = connections();
  const ask = (path: string, headers = {}) =>
    fetch(url + path, {
      headers,
      dispatcher,
      redirect: 'manual',
      signal: AbortSignal.timeout(answerTimeout),
    });
  const answer = await ask('/readyz').catch((error: unknown) => reasonOf(error));
  if (typeof answer === 'string') {
    const remedy = `\`${startCommand}\` starts all of them`;
    return { ok: false, found: `nothing answers at ${url} (${answer})`, remedy };
  }
  const body = await startOf(answer.body);
  if (answer.ok) {
    // /readyz is open to everybody; /docs needs the key.
    const pages = await ask('/docs', bearer(env)).catch(() => null);
    await pages?.body?.cancel();
    if (pages?.status !== 401) return { ok: true, found: `ready at ${url}` };
    const remedy = 'set AGENTO_API_KEY to one of its AGENTO_API_KEYS';
    return { ok: false, found: `ready at ${url}, but rejects the key`, remedy };
  }
  const remedy = 'check its log';
  return { ok: false, found: `${url}/readyz answers ${answer.status}: ${body.slice(0, 200)}`, remedy };
}
