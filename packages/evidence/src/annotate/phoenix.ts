import { NotFoundError } from '../not-found.ts';
import { jsonOf } from '../payload.ts';
import { fieldsIn, textIn } from '../reading/loose.ts';
import type { Annotations } from './annotations.ts';
import { postJson } from './post-json.ts';

/** Where Phoenix is. */
export interface PhoenixAddress {
  /** Of its page, with the base path where it has one. */
  url: string;
  /** Where it asks for one (PHOENIX_ENABLE_AUTH). */
  apiKey: string | null;
}

const advice = "Name the address of Phoenix's page, such as http://127.0.0.1:6006.";

/** Most annotations in one request: some hundred bytes each. */
const mostAtOnce = 500;

/**
 * Sends the annotations, and waits until Phoenix has them. Rejects with a NotFoundError that says what to do: nobody is
 * there, the key is wrong, the trace is not there.
 */
export async function annotatePhoenix(
  phoenix: PhoenixAddress,
  { spans, traces }: Annotations,
): Promise<void> {
  for (const [path, all] of [
    ['span_annotations', spans],
    ['trace_annotations', traces],
  ] as const) {
    for (let from = 0; from < all.length; from += mostAtOnce) {
      await post(phoenix, `/v1/${path}?sync=true`, { data: all.slice(from, from + mostAtOnce) });
    }
  }
}

/** What Phoenix says the trace cost, in US dollars, by its own prices; null if it says nothing. */
export async function costInPhoenix(phoenix: PhoenixAddress, traceId: string): Promise<number | null> {
  const query = 'query($id:String!){getTraceByOtelId(traceId:$id){costSummary{total{cost}}}}';
  const answer = jsonOf(await post(phoenix, '/graphql', { query, variables: { id: traceId } }));
  const path = ['data', 'getTraceByOtelId', 'costSummary', 'total'];
  const { cost } = path.reduce<Record<string, unknown>>((at, key) => fieldsIn(at[key]), fieldsIn(answer));
  return typeof cost === 'number' ? cost : null;
}

async function post({ url, apiKey }: PhoenixAddress, path: string, body: object): Promise<string> {
  const address = `${url.replace(/\/+$/, '')}${path}`;
  const headers: Record<string, string> = apiKey === null ? {} : { authorization: `Bearer ${apiKey}` };
  const { status, text } = await postJson(address, headers, body, advice);
  if (status < 300) return text;
  const told = textIn(fieldsIn(jsonOf(text.slice(0, 10_000))), 'detail') ?? text.slice(0, 200);
  if (status === 401 || status === 403) {
    const how = apiKey === null ? 'is needed' : 'is not one that may write there';
    throw new NotFoundError(`${address} answered ${status}: PHOENIX_API_KEY ${how}.`);
  }
  if (status === 404 && /do not exist/.test(told)) {
    throw new NotFoundError(
      `${url} has not the spans of this run: ${told.slice(0, 100)}… Send its trace there first (docs/operations.md).`,
    );
  }
  throw new NotFoundError(`${address} answered ${status}: ${told}. ${advice}`);
}
