import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Chain, eventually, exporting, startChain } from '../src/chain.ts';
import { post } from '../src/post.ts';

/** Letters and digits, anew in each run. */
function random(length: number): string {
  return randomBytes(length)
    .toString('base64')
    .replace(/[^A-Za-z0-9]/g, 'x')
    .slice(0, length);
}

describe('secrets in what a user sends', () => {
  const secrets = {
    openai: `sk-proj-${random(48)}`,
    github: `ghp_${random(36)}`,
    aws: `AKIA${random(16)
      .toUpperCase()
      .replace(/[^A-Z2-7]/g, 'A')}`,
    slack: `xoxb-${Date.now()}-${Date.now()}-${random(24)}`,
    stripe: `sk_live_${random(24)}`,
    bearer: `${random(40)}`,
    password: `Pw-${random(20)}`,
    url: `${random(18)}`,
  };
  const text = [
    `The key is ${secrets.openai} and the token ${secrets.github}.`,
    `{"aws_access_key_id": "${secrets.aws}", "slack": "${secrets.slack}"}`,
    `Authorization: Bearer ${secrets.bearer}`,
    `password=${secrets.password}`,
    `STRIPE_KEY=${secrets.stripe}`,
    `postgres://admin:${secrets.url}@db.internal:5432/plans`,
  ].join('\n');

  let chain: Chain;
  beforeAll(async () => {
    chain = await startChain({ env: { TRACE_LEGACY: '1', LOG_LEVEL: 'trace' } });
  });
  afterAll(() => chain.stop());

  /** Everything that left the processes: traces (unzipped where they are), logs, legacy files. */
  async function whatLeft(): Promise<string> {
    const files = await readdir(chain.dataDir, { recursive: true, withFileTypes: true });
    const left = files.filter((file) => file.isFile() && !file.parentPath.includes(`${chain.dataDir}/runs`));
    const texts = await Promise.all(left.map((file) => readFile(join(file.parentPath, file.name), 'utf8')));
    const zipped = texts.flatMap((content) =>
      [...content.matchAll(/"(1f8b08[0-9a-f]+)"/g)].map(([, hex]) =>
        gunzipSync(Buffer.from(hex ?? '', 'hex')).toString(),
      ),
    );
    const logs = [1, 2, 3, 4, 5].map((module) => chain.service(module).log());
    return [...texts, ...zipped, ...logs].join('\n');
  }

  /** Each module writes its legacy file after its answer. */
  async function legacyWritten(): Promise<true> {
    return eventually(async () => {
      const names = await readdir(join(chain.dataDir, 'legacy'), { recursive: true }).catch(() => []);
      return names.filter((name) => name.endsWith('/manual_traces.json')).length === 5 ? true : null;
    }, 'five legacy files');
  }

  it('reach neither the receiver, the log, nor a legacy file, at any place of a long text', async () => {
    const padding = 'The hall has forty chairs and one long table. '.repeat(1_500);
    // Once early, once across the edge of what an attribute holds, once far into a compressed event.
    const context = [padding.slice(0, 7_000), text, padding, text].join('\n');
    const answer = await post(chain.url(1), { goal: `Plan the move of our office. ${text}`, context });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    // What the caller gets and the run's own files hold is the user's own data.
    expect(answer.body.goal).toContain(secrets.openai);
    if (exporting) await chain.trace((answer.body.trace_metadata as { trace_id: string }).trace_id);
    await legacyWritten();
    const left = await whatLeft();
    expect(Object.entries(secrets).filter(([, secret]) => left.includes(secret))).toEqual([]);
    expect(left).not.toContain('sk-offline-key-of-the-tests');
    if (exporting) expect(left).toContain('***REDACTED***');
  });

  it('do not reach a problem either', async () => {
    const answer = await post(chain.url(1), { goal: 'x', [`field_${secrets.github}`]: 1 });
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.body)).not.toContain(secrets.github);
  });
});
