import { randomBytes } from 'node:crypto';

/** A span as another agent might send it, with made-up secrets everywhere. */
export function foreignSpan(): { id: string; body: unknown; secrets: string[] } {
  const id = randomBytes(16).toString('hex');
  const now = BigInt(Date.now()) * 1_000_000n;
  const key = `sk-proj-${randomBytes(12).toString('hex')}`;
  const jwt = `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.${randomBytes(8).toString('hex')}`;
  const password = randomBytes(6).toString('hex');
  const plain = randomBytes(6).toString('hex');
  const text = (name: string, value: string) => ({ key: name, value: { stringValue: value } });
  const integer = (name: string, value: number) => ({ key: name, value: { intValue: String(value) } });
  const span = {
    traceId: id,
    spanId: randomBytes(8).toString('hex'),
    name: `ask ${key}`,
    kind: 3,
    startTimeUnixNano: String(now),
    endTimeUnixNano: String(now + 1_000_000n),
    attributes: [
      text('openai_api_key', plain),
      text('note', `the key is ${key}, keep it`),
      { key: 'list', value: { arrayValue: { values: [{ stringValue: jwt }] } } },
      integer('gen_ai.usage.input_tokens', 1234),
      integer('gen_ai.request.max_tokens', 99),
      integer('token_count', 7),
    ],
    events: [
      {
        timeUnixNano: String(now),
        name: 'full_prompt',
        attributes: [text('text', `read postgres://agent:${password}@db/plans with ${jwt}`)],
      },
    ],
    status: { code: 2, message: `refused: Bearer ${plain}${plain}` },
  };
  const body = {
    resourceSpans: [
      {
        resource: { attributes: [text('service.name', 'Foreign'), text('host.name', 'a-machine')] },
        scopeSpans: [{ scope: { name: 'foreign' }, spans: [span] }],
      },
    ],
  };
  return { id, body, secrets: [key, jwt, password, plain] };
}

/** Sends OTLP JSON to a collector; throws when it is refused. */
export async function sendOtlp(url: string, body: unknown): Promise<void> {
  const answer = await fetch(`${url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
}
