import { readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { chain as order } from '@agento/contracts';
import { alnum, from, kinds, places, seed } from '@agento/redaction/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Chain, eventually, exporting, startChain } from '../src/chain.ts';
import { post } from '../src/post.ts';
import { textsUnder } from '../src/texts-under.ts';

/** A credential that is left in pieces is found by any piece of this length. */
const pieceLength = 12;

/** Credentials that were planted, each with what it is called in a failure. */
class Planted {
  readonly #pieces = new Map<string, string>();

  /** A new credential of the kind, as the place has it. */
  plant(kind: string, place: (secret: string) => string, name: string): string {
    const make = kinds[kind] as () => string;
    const secret = make();
    // What every credential of the kind has is no secret: `AGE-SECRET-KEY-1`.
    const fixed = piecesOf(make());
    for (const piece of piecesOf(secret)) if (!fixed.has(piece)) this.#pieces.set(piece, name);
    return place(secret);
  }

  note(name: string, secret: string): string {
    for (const piece of piecesOf(secret)) this.#pieces.set(piece, name);
    return secret;
  }

  /** What of them stands in the text. */
  in(text: string): string[] {
    const found = new Set<string>();
    for (let at = 0; at + pieceLength <= text.length; at += 1) {
      const name = this.#pieces.get(text.slice(at, at + pieceLength));
      if (name !== undefined) found.add(`${name}: ${text.slice(at - 60, at + 60)}`);
    }
    return [...found].slice(0, 5);
  }
}

function piecesOf(secret: string): Set<string> {
  const starts = Array.from({ length: secret.length - pieceLength + 1 }, (_, at) => at);
  return new Set(starts.map((at) => secret.slice(at, at + pieceLength)));
}

const freeText = (secret: string) => `They left ${secret} on the table.`;

/** Everything that left the processes: traces (unzipped where they are), logs, legacy files. */
async function whatLeft(chain: Chain): Promise<string> {
  const texts = await textsUnder(chain.dataDir, (path) => !path.startsWith(join(chain.dataDir, 'runs/')));
  const zipped = texts.flatMap((content) =>
    [...content.matchAll(/"(1f8b08[0-9a-f]+)"/g)].map(([, hex]) =>
      gunzipSync(Buffer.from(hex ?? '', 'hex')).toString(),
    ),
  );
  const logs = order.map(({ number }) => chain.service(number).log());
  return [...texts, ...zipped, ...logs].join('\n');
}

/** Waits for the trace, and for the legacy files that each module writes after its answer. */
async function recorded(chain: Chain, body: Record<string, unknown>): Promise<void> {
  if (exporting) await chain.trace((body.trace_metadata as { trace_id: string }).trace_id);
  await eventually(async () => {
    const names = await readdir(join(chain.dataDir, 'legacy', String(body.run_id)), {
      recursive: true,
    }).catch(() => []);
    return names.filter((name) => name.endsWith('/manual_traces.json')).length === order.length ? true : null;
  }, 'a legacy file of each module');
}

const env = { TRACE_LEGACY: '1', LOG_LEVEL: 'trace' };

describe('Secrets in what a user sends', () => {
  let chain: Chain;
  beforeAll(async () => {
    chain = await startChain({ env });
  });
  afterAll(() => chain.stop());

  it('reach neither the receiver, the log, nor a legacy file, of whatever kind and in whatever form.', async () => {
    const planted = new Planted();
    const byPlace = () => [
      `Authorization: Bearer ${planted.note('a bearer token', from(alnum, 40))}`,
      `password=${planted.note('a password', from(alnum, 20))}`,
      `postgres://admin:${planted.note('a password in a URL', from(alnum, 18))}@db.internal:5432/plans`,
    ];
    const goal = ['Plan the move of our office.'];
    for (const kind of Object.keys(kinds)) goal.push(planted.plant(kind, freeText, `${kind} in the goal`));
    goal.push(...byPlace());
    // Every few hundred characters one, so that some stand across every edge at which a text is cut.
    const context: string[] = [];
    for (const [name, place] of Object.entries(places)) {
      for (const kind of Object.keys(kinds)) context.push(planted.plant(kind, place, `${kind} in ${name}`));
    }
    context.push(...byPlace());
    const text = context.join('\n\n');
    const answer = await post(chain.url(1), { goal: goal.join('\n'), context: text });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    // What the caller gets and the run's own files hold is the user's own data.
    expect(answer.body.context).toBe(text);
    expect(planted.in(JSON.stringify(answer.body))).not.toEqual([]);
    await recorded(chain, answer.body);
    const left = await whatLeft(chain);
    expect(planted.in(left), `seed ${seed}`).toEqual([]);
    expect(left).not.toContain('sk-offline-key-of-the-tests');
    if (exporting) expect(left).toContain('***REDACTED***');
  });

  it('reach nothing in any module either where what was one once stands bare, or in parts.', async () => {
    const planted = new Planted();
    // In lower case: the offline model quotes words so, and a word in another case is another word.
    const password = planted.note(
      'a password that stands bare',
      `hunter2${from('abcdefghijklmnopqrstuvwxyz0123456789', 12)}7`,
    );
    const token = [
      Buffer.from(`{"alg":"HS256","kid":"${from(alnum, 12)}"}`).toString('base64url'),
      Buffer.from(`{"sub":"${from(alnum, 24)}"}`).toString('base64url'),
      from(alnum, 43),
    ];
    for (const part of token) planted.note('a part of a JWT', part);
    const answer = await post(chain.url(1), {
      goal: `Plan the move of our office. The wifi has password=${password}, the calendar ${token.join('.')}`,
      context: `Write ${password} on the wall, and ${token.join(' ')} or ${token.join('')} below. A password is required.`,
    });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    expect(planted.in(JSON.stringify(answer.body))).not.toEqual([]);
    await recorded(chain, answer.body);
    const left = await whatLeft(chain);
    expect(planted.in(left), `seed ${seed}`).toEqual([]);
    if (exporting) expect(left).toContain('A password is required.');
  });

  it('do not reach a problem either, as a name or as a value.', async () => {
    const planted = new Planted();
    const problems = await Promise.all(
      Object.keys(kinds).map(async (kind) => {
        const [name, value] = [0, 1].map(() => planted.plant(kind, (secret) => secret, kind)) as [
          string,
          string,
        ];
        const answer = await post(chain.url(1), { goal: 'x', [name]: 1, run_id: value });
        expect(answer.status).toBe(400);
        return JSON.stringify(answer.body);
      }),
    );
    const github = planted.plant('GitHub personal token', (secret) => `field_${secret}`, 'a part of a name');
    problems.push(JSON.stringify((await post(chain.url(1), { goal: 'x', [github]: 1 })).body));
    expect(planted.in(problems.join('\n')), `seed ${seed}`).toEqual([]);
    expect(planted.in(await whatLeft(chain)), `seed ${seed}`).toEqual([]);
  });
});

describe('Secrets in what a model answers', () => {
  let chain: Chain;
  let model: Awaited<ReturnType<typeof startLeakyModel>>;
  beforeAll(async () => {
    model = await startLeakyModel();
    chain = await startChain({ env, modelUrl: model.url });
    model.forwardTo(chain.model.url);
  });
  afterAll(async () => {
    await chain.stop();
    model.close();
  });

  it('reach neither the receiver, the log, nor a legacy file, whichever field they are in.', async () => {
    const answer = await post(chain.url(1), { goal: 'Open a repair café in a small town' });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    await recorded(chain, answer.body);
    expect(model.fields.size).toBeGreaterThan(15);
    expect(model.planted.in(JSON.stringify(answer.body))).not.toEqual([]);
    const left = await whatLeft(chain);
    expect(model.planted.in(left), `seed ${seed}`).toEqual([]);
    if (exporting) expect(left).toContain('***REDACTED***');
  });
});

/** The offline model's answers with a credential in each field that is prose, every kind in its turn. */
async function startLeakyModel() {
  const planted = new Planted();
  const fields = new Set<string>();
  const names = Object.keys(kinds);
  let next = 0;
  let target = '';
  const leak = (value: unknown, key: string): unknown => {
    if (Array.isArray(value)) return value.map((item) => leak(item, key));
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, leak(item, name)]));
    }
    // Ids and choices are no prose, and a passage that is quoted has to stand where it was found.
    if (typeof value !== 'string' || !value.includes(' ') || key === 'evidence') return value;
    fields.add(key);
    next += 1;
    return `${value} ${planted.plant(names[next % names.length] as string, freeText, `${key}, answer`)}`;
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const answer = await fetch(new URL(request.url ?? '', target), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        // It would take them apart into words, and no longer have secrets but pieces of such.
        body: Buffer.concat(chunks)
          .toString()
          .replaceAll(/ They left \S+ on the table\./g, ''),
      });
      const completion = (await answer.json()) as { choices: { message: { content: string } }[] };
      for (const { message } of completion.choices) {
        message.content = JSON.stringify(leak(JSON.parse(message.content), 'answer'));
      }
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(completion));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    planted,
    fields,
    forwardTo(url: string) {
      target = url;
    },
    close: () => server.close(),
  };
}
