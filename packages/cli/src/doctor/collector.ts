import { basicAuthorization, withoutUser } from '@agento/contracts';
import { fetch } from 'undici';
import { shownUrl } from '../environment.ts';
import { agento, startCommand } from '../invocation.ts';
import type { SpanTarget } from '../system/span-target.ts';
import { connections } from './connections.ts';
import { answerTimeout, type Diagnosis, reasonOf } from './diagnosis.ts';

/** Sends an export request without spans: an empty protobuf message is no bytes at all. */
export async function checkCollector(
  { url: address, embedded }: SpanTarget,
  headers: Record<string, string> = {},
  dispatcher = connections(),
): Promise<Diagnosis> {
  if (address === null) return { ok: true, found: 'off: spans are not exported (disabled)' };
  const url = embedded ? address : await shownUrl(address);
  if (!URL.canParse(address)) {
    const remedy = 'set an http:// or https:// URL, or `disabled`';
    return { ok: false, found: `${url} is not a URL`, remedy };
  }
  if (new URL(address).port === '4317') {
    const remedy = 'use the port for http/protobuf, usually 4318';
    return { ok: false, found: `${url}: port 4317 speaks gRPC`, remedy };
  }
  const answer = await fetch(withoutUser(address), {
    method: 'POST',
    redirect: 'manual',
    headers: {
      ...basicAuthorization(address),
      ...headers,
      'content-type': 'application/x-protobuf',
    },
    dispatcher,
    body: new Uint8Array(0),
    signal: AbortSignal.timeout(answerTimeout),
  }).catch((error: unknown) => reasonOf(error));
  if (typeof answer === 'string') {
    const remedy = embedded
      ? `\`${startCommand}\` starts it, \`${agento} receive\` alone`
      : 'start it, or set OTEL_EXPORTER_OTLP_ENDPOINT to another; runs continue without it and spans wait on disk';
    return { ok: false, found: `nothing answers at ${url} (${answer})`, remedy };
  }
  await answer.body?.cancel();
  if (answer.ok) return { ok: true, found: `${embedded ? 'the embedded receiver at ' : ''}${url}` };
  const remedy = 'check the URL’s path and OTEL_EXPORTER_OTLP_HEADERS';
  return { ok: false, found: `${url} answers ${answer.status} to an empty export`, remedy };
}
