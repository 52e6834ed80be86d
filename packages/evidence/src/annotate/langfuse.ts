import { NotFoundError } from '../not-found.ts';
import { jsonOf } from '../payload.ts';
import { fieldsIn, textIn } from '../reading/loose.ts';
import type { Annotations, SpanAnnotation, TraceAnnotation } from './annotations.ts';
import { postJson } from './post-json.ts';

/** Where Langfuse is; the keys are those of a project. */
export interface LangfuseAddress {
  /** Of its page. */
  url: string;
  publicKey: string | null;
  secretKey: string | null;
}

const advice = "Name the address of Langfuse's page, such as https://cloud.langfuse.com.";

/** Most scores in one request, which may have 3.5 MB. */
const mostAtOnce = 200;

/**
 * Sends the annotations as scores: numbers where there are any, else words. Langfuse takes them before the trace, too. Rejects
 * with a NotFoundError that says what to do: nobody is there, the keys are wrong, a score is refused.
 */
export async function scoreInLangfuse(
  langfuse: LangfuseAddress,
  traceId: string,
  { spans, traces }: Annotations,
): Promise<void> {
  const scores = [...spans, ...traces].map((annotation) => scoreOf(traceId, annotation));
  for (let from = 0; from < scores.length; from += mostAtOnce) {
    const timestamp = new Date().toISOString();
    await post(
      langfuse,
      scores
        .slice(from, from + mostAtOnce)
        .map((body) => ({ id: `${body.id} ${timestamp}`, timestamp, type: 'score-create', body })),
    );
  }
}

/** A score of the same id takes the place of the one before: sending twice changes nothing. */
function scoreOf(traceId: string, annotation: SpanAnnotation | TraceAnnotation) {
  const { name, identifier, metadata, result } = annotation;
  const observationId = 'span_id' in annotation ? annotation.span_id : undefined;
  const { score, label, explanation } = result;
  const isNumber = score !== undefined;
  const comment = [isNumber ? label : undefined, explanation].filter((part) => part !== undefined).join(': ');
  return {
    id: [traceId, observationId, identifier, name].filter((part) => part !== undefined).join(' '),
    traceId,
    ...(observationId !== undefined && { observationId }),
    name,
    value: score ?? label ?? 'unknown',
    dataType: isNumber ? 'NUMERIC' : 'CATEGORICAL',
    ...(comment !== '' && { comment }),
    metadata,
  };
}

async function post({ url, publicKey, secretKey }: LangfuseAddress, batch: object[]): Promise<void> {
  if (publicKey === null || secretKey === null)
    throw new NotFoundError('Langfuse asks for keys: set LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY.');
  const address = `${url.replace(/\/+$/, '')}/api/public/ingestion`;
  const authorization = `Basic ${Buffer.from(`${publicKey}:${secretKey}`).toString('base64')}`;
  const { status, text } = await postJson(address, { authorization }, { batch }, advice);
  const told = fieldsIn(jsonOf(text));
  if (status === 401 || status === 403) {
    throw new NotFoundError(
      `${address} answered ${status}: LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY are not those of a project there.`,
    );
  }
  if (status >= 300) {
    throw new NotFoundError(
      `${address} answered ${status}: ${textIn(told, 'message') ?? text.slice(0, 200)}. ${advice}`,
    );
  }
  // It answers 207 and says of each whether it was taken.
  const [refused] = Array.isArray(told.errors) ? told.errors.map(fieldsIn) : [];
  if (refused) {
    const why = textIn(refused, 'message') ?? textIn(refused, 'error') ?? `status ${refused.status}`;
    throw new NotFoundError(`${address} refused ${textIn(refused, 'id') ?? 'a score'}: ${why}.`);
  }
}
