import { basicAuthorization, urlBelow, withoutUser } from '@agento/contracts';
import { type Dispatcher, fetch } from 'undici';
import { startOf } from '../answer-text.ts';
import { shownUrl } from '../environment.ts';
import { agento, startCommand } from '../invocation.ts';
import type { SystemPlan } from '../system/plan.ts';
import { answerWords, isWebPage } from './answer-words.ts';
import { connections } from './connections.ts';
import { answerTimeout, type Diagnosis, reasonOf } from './diagnosis.ts';

type Model = SystemPlan['model'];
interface Answer {
  /** 0 if there was no response: the body then says why. */
  status: number;
  body: string;
}

/** Status of endpoints without a model list, or whose key allows only chat completions. */
const noList = new Set([403, 404, 405, 501]);

/**
 * Asks the endpoint for its models, with the key: is it reachable, does it accept the key, does it have the model? If it
 * has no list, it is asked for one token instead.
 */
export async function checkModel(
  model: Model,
  key: string | undefined,
  dispatcher = connections(),
): Promise<Diagnosis> {
  const what = model.offline ? 'the offline model' : model.name;
  const url = model.offline ? model.url : await shownUrl(model.url);
  const answer = await ask(model, key, dispatcher, '/models');
  if (answer.status === 0) {
    const remedy = model.offline
      ? `\`${startCommand}\` starts it, \`${agento} model\` alone; or set OPENAI_API_KEY for a real one`
      : 'check OPENAI_BASE_URL and the network';
    return { ok: false, found: `${what}: nothing answers at ${url} (${answer.body})`, remedy };
  }
  const names = answer.status === 200 ? modelNames(answer.body) : null;
  if (noList.has(answer.status) || (answer.status === 200 && names === null)) {
    const token = await askForToken(model, key, dispatcher);
    return judged(token, { url, name: model.name, secrets: key ? [key] : [] });
  }
  if (names === null) return refused(answer, `${url}/models`, key ? [key] : []);
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

/** The smallest possible call. Some endpoints only know the limit's older name. */
async function askForToken(model: Model, key: string | undefined, dispatcher: Dispatcher): Promise<Answer> {
  const messages = [{ role: 'user', content: 'Say OK.' }];
  const call = (limit: string) =>
    ask(model, key, dispatcher, '/chat/completions', { model: model.name, messages, [limit]: 1 });
  const answer = await call('max_completion_tokens');
  const older = (answer.status === 400 || answer.status === 422) && /max_completion_tokens/.test(answer.body);
  return older ? call('max_tokens') : answer;
}

/** What the answer to the call for one token says of the endpoint. */
function judged(
  answer: Answer,
  { url, name, secrets }: { url: string; name: string; secrets: string[] },
): Diagnosis {
  const { status, body } = answer;
  if (status === 0) {
    const found = `${name} at ${url} could not be checked: it lists no models and did not answer a call for one token (${body})`;
    return { ok: false, found, remedy: 'try again: a model that is still loading may take that long' };
  }
  if (status === 200 && hasChoices(body)) {
    return { ok: true, found: `${name} at ${url}, which lists no models and answers a call for one token` };
  }
  // A reasoning model rejects one token as too few, but has accepted key, model and call.
  if (status === 400 && /max_(completion_)?tokens|output limit/.test(body)) {
    return { ok: true, found: `${name} at ${url}, which lists no models and takes calls` };
  }
  if (status === 200) {
    const said = isWebPage(body) ? '' : 'without a chat completion: ';
    const found = `${url}/chat/completions answers ${said}${answerWords(body, secrets) || 'nothing'}`;
    return { ok: false, found, remedy: 'check OPENAI_BASE_URL: it usually ends in /v1' };
  }
  return refused(answer, `${url}/chat/completions`, secrets);
}

function refused({ status, body }: Answer, url: string, secrets: string[]): Diagnosis {
  const words = answerWords(body, secrets);
  const found = `${url} answers ${status}${words && `: ${words}`}`;
  if (status === 401 || status === 403) {
    return { ok: false, found: `${found} (it rejects the key)`, remedy: 'check OPENAI_API_KEY' };
  }
  const remedy =
    status === 404
      ? 'check OPENAI_BASE_URL, which usually ends in /v1, and AGENTO_MODEL'
      : status === 429
        ? 'wait, or check the key’s quota'
        : 'try again; if it persists, ask whoever runs the endpoint';
  return { ok: false, found, remedy };
}

/** GET, or with a body POST. Never rejects. */
function ask(
  model: Model,
  key: string | undefined,
  dispatcher: Dispatcher,
  path: string,
  body?: object,
): Promise<Answer> {
  const url = urlBelow(model.url, path);
  // The key wins, as it does in the model client.
  const access = model.offline ? {} : key ? { authorization: `Bearer ${key}` } : basicAuthorization(url);
  return fetch(withoutUser(url), {
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
    headers: { ...access, ...(body && { 'content-type': 'application/json' }) },
    redirect: 'manual',
    dispatcher,
    signal: AbortSignal.timeout(answerTimeout),
  })
    .then(async (response) => ({ status: response.status, body: await startOf(response.body) }))
    .catch((error: unknown) => ({ status: 0, body: reasonOf(error) }));
}

function hasChoices(body: string): boolean {
  try {
    return Array.isArray((JSON.parse(body) as { choices?: unknown } | null)?.choices);
  } catch {
    return false;
  }
}

/** The names in a list of models; null where it is none. */
function modelNames(body: string): string[] | null {
  try {
    const { data } = JSON.parse(body) as { data?: unknown };
    if (!Array.isArray(data)) return null;
    const ids = data.map((entry) => (entry as { id?: unknown } | null)?.id);
    return ids.filter((id) => typeof id === 'string');
  } catch {
    return null;
  }
}
