import { freePorts } from '@agento/cli/ports';
import { startReceiver } from '@agento/receiver';
import { describe, expect, it } from 'vitest';
import { eventually, startChain } from '../src/chain.ts';
import { post } from '../src/post.ts';

const sum = (dropped: Record<string, number>) =>
  Object.values(dropped).reduce((all, count) => all + count, 0);

describe('a receiver that is gone', () => {
  it('costs no run and no span: what ended in the outage arrives after it, across a kill', async () => {
    const [port = 0] = await freePorts(1, '127.0.0.1');
    const chain = await startChain({
      modules: [1, 2],
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` },
    });
    const ids: string[] = [];
    try {
      for (let run = 0; run < 3; run += 1) {
        const answer = await post<{ trace_metadata: { trace_id: string } }>(chain.url(1), {
          goal: `Mend fence ${run}`,
        });
        expect(answer.status).toBe(200);
        ids.push(answer.body.trace_metadata.trace_id);
      }
      const outage = await eventually(async () => {
        const now = await chain.figures(2);
        return now.spooled > 0 && now.queued === 0 ? now : null;
      }, 'the spool');
      expect(outage.ended + outage.adopted).toBe(
        outage.exported + outage.queued + outage.spooled + sum(outage.dropped),
      );
      expect(outage.dropped).toEqual({});

      chain.service(2).process.kill('SIGKILL');
      const directory = `${chain.dataDir}/traces`;
      const receiver = await startReceiver({ host: '127.0.0.1', port, directory });
      try {
        await chain.restart(2);
        await eventually(async () => {
          // Whichever process looks first takes the dead one's spool over: the next module 2, or module 1 beside it.
          const both = [await chain.figures(1), await chain.figures(2)];
          const adopted = both.some((figures) => figures.adopted > 0);
          return adopted && both.every(({ queued, spooled }) => queued + spooled === 0) ? true : null;
        }, 'the adopted spool');
        for (const id of ids) {
          // Complete says: both modules' roots, each with all the spans it counted before it ended.
          expect((await chain.trace(id)).spans.map(({ name }) => name)).toEqual(
            expect.arrayContaining(['run_module_1', 'run_module_2']),
          );
        }
      } finally {
        await receiver.close();
      }
    } finally {
      await chain.stop();
    }
  });
});
