import { basicAuthorization, urlBelow, withoutUser } from '@agento/contracts';
import { fetch } from 'undici';
import { startOf } from '../answer-text.ts';
import { shownUrl } from '../environment.ts';
import { pnpm } from '../pnpm.ts';
import type { SystemPlan } from '../system/plan.ts';
import { connections } from './connections.ts';
import { type Diagnosis, patience, reasonOf } from './diagnosis.ts';

/** Asks the endpoint for its models, with the key: reachable, let in, and the model there? */
export async function checkModel(
  model: SystemPlan['model'],
  key: string | undefined,
  dispatcher = connections(),
): Promise<Diagnosis> {
  const what = model.offline ? 'the offline model' : model.name;
  const url = model.offline ? model.url : await shownUrl(model.url);
  const list = urlBelow(model.url, '/models');
  const answer = await fetch(withoutUser(list), {
    // The key wins, as it does in the model client.
    headers: model.offline ? {} : key ? { authorization: `Bearer ${key}` } : basicAuthorization(list),
    redirect: 'manual',
    dispatcher,
    signal: AbortSignal.timeout(patience),
  })
    .then(async (response) => ({ status: response.status, body: await startOf(response.body) }))
    .catch((error: unknown) => ({ status: 0, body: reasonOf(error) }));
  if (answer.status === 0) {
    const remedy = model.offline
      ? `\`${pnpm} start\` brings it up, \`${pnpm} agento model\` alone; or set OPENAI_API_KEY for a real one`
      : 'check OPENAI_BASE_URL and the network';
    return { ok: false, found: `${what}: nobody answers at ${url} (${answer.body})`, remedy };
  }
  if (answer.status === 401 || answer.status === 403) {
    return {
      ok: false,
      found: `${url} refuses the key (${answer.status})`,
      remedy: 'check OPENAI_API_KEY',
    };
  }
  if (answer.status === 404 || answer.status === 405) {
    return { ok: true, found: `${what} at ${url}, which answers but lists no models` };
  }
  if (answer.status !== 200) {
    const remedy = 'try again; if it stays, ask whoever runs the endpoint';
    return { ok: false, found: `${url}/models answers ${answer.status}`, remedy };
  }
  const names = modelNames(answer.body);
  if (names.length > 0 && !names.includes(model.name)) {
    const some = names
      .slice(0, 5)
      .map((name) => name.slice(0, 100))
      .join(', ');
    const remedy = `set AGENTO_MODEL to one it has: ${some}${names.length > 5 ? ', …' : ''}`;
    return { ok: false, found: `${url} does not list ${model.name}`, remedy };
  }
  return { ok: true, found: `${what} at ${url}` };
}

function modelNames(body: string): string[] {
  try {
    const { data } = JSON.parse(body) as { data?: unknown };
    const entries: unknown[] = Array.isArray(data) ? data : [];
    const ids = entries.map((entry) => (entry as { id?: unknown } | null)?.id);
    return ids.filter((id) => typeof id === 'string');
  } catch {
    return [];
  }
}
