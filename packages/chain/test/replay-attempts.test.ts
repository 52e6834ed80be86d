import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Module5Output } from '@agento/contracts';
import type { Trace } from '@agento/evidence';
import { type PostgresServer, startPostgres } from '@agento/runs/testing/postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Chain, exporting, startChain } from '../src/chain.ts';
import { post } from '../src/post.ts';
import { isChat, keyOf, recorded, replay } from './replaying.ts';

const answers = /^(gen_ai\.output\.messages|ai\.response|ai\.response_excerpt)$/;

/** A trace file as it is where spans shed what was answered. */
async function withoutAnswers(chain: Chain, traceId: string): Promise<string> {
  const text = await readFile(join(chain.dataDir, 'traces', `${traceId}.jsonl`), 'utf8');
  const lines = text
    .trim()
    .split('\n')
    .map((line) =>
      JSON.stringify(
        JSON.parse(line, (key, value) =>
          key === 'attributes' && Array.isArray(value)
            ? value.filter(({ key: name }: { key: string }) => !answers.test(name))
            : value,
        ),
      ),
    );
  return lines.join('\n');
}

describe.runIf(exporting).each(['folder', 'postgres'])(
  'of a run with two attempts, kept in %s, a replay',
  (store) => {
    let postgres: PostgresServer | undefined;
    let chain: Chain;
    let runId: string;
    let trace: Trace;
    let folder: string;
    let file: string;
    beforeAll(async () => {
      postgres = store === 'postgres' ? await startPostgres() : undefined;
      chain = await startChain(postgres ? { env: { AGENTO_DATABASE_URL: postgres.url } } : {});
      folder = await mkdtemp(join(tmpdir(), 'agento-replay-'));
      const first = await recorded(chain);
      runId = first.body.run_id;
      const output = await fetch(`${chain.url(2)}/runs/${runId}/artifacts/module2_output.json`);
      const second = await post<Module5Output>(chain.url(3), await output.text());
      expect([second.status, second.body.run_attempt]).toEqual([200, 2]);
      trace = await chain.trace(
        first.body.trace_metadata.trace_id,
        ({ spans }) => spans.filter(({ name }) => /^run_module_\d$/.test(name)).length === 8,
      );
      file = join(folder, 'shed.jsonl');
      await writeFile(file, await withoutAnswers(chain, trace.trace_id));
    });
    afterAll(async () => {
      await chain?.stop();
      await postgres?.end();
      await rm(folder, { recursive: true });
    });

    /** Attempts by the modules whose calls were replayed. */
    async function attemptsOf(traceId: string): Promise<Record<string, number[]>> {
      const { spans } = await chain.trace(traceId);
      const byId = new Map(trace.spans.map((span) => [span.span_id, span]));
      const replayed = spans.filter((span) => isChat(span) && span.attributes['agento.replayed'] === true);
      const modules = Map.groupBy(replayed, (span) => keyOf(span).slice(0, 2));
      return Object.fromEntries(
        [...modules].map(([module, own]) => [
          module,
          [
            ...new Set(
              own.map(({ links: [link] }) =>
                Number(byId.get(link?.span_id ?? '')?.attributes['agento.run.attempt']),
              ),
            ),
          ],
        ]),
      );
    }

    it.each<[string, string[], number]>([
      ['takes the newest, and each answer that the trace lacks from the attempt that asked for it', [], 2],
      ['takes the one that is named', ['--attempt', '1'], 1],
    ])('%s', async (_what, more, attempt) => {
      const { requests } = await chain.model.stats();

      const { code, text, traceId } = await replay(chain, file, '--from', 'quality_check', ...more);

      expect(text.split('\n')[0]).toBe(
        `Replay of run ${runId}, attempt ${attempt} of 1, 2. Figures are those of the recorded calls.`,
      );
      expect([code, (await chain.model.stats()).requests]).toEqual([0, requests + 1]);
      expect(await attemptsOf(traceId)).toEqual({
        m1: [1],
        m2: [1],
        m3: [attempt],
        m4: [attempt],
        m5: [attempt],
      });
      expect(text.trimEnd()).toMatch(attempt === 2 ? /shed\.jsonl \S+$/ : /shed\.jsonl \S+ --attempt 1,1$/);
    });

    it('is refused for one that there is not', async () => {
      const { code, text } = await replay(chain, file, '--from', 'quality_check', '--attempt', '3');

      expect([code, text.trim()]).toEqual([2, '✖ The run has no attempt 3 in the trace: it has 1, 2.']);
    });
  },
);
