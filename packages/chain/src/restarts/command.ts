import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { testRestarts } from './restarts.ts';

/** `node packages/chain/src/restarts/command.ts`: the test of restarts, as long as wanted. Exits with 1 if anything was lost. */
const { values } = parseArgs({
  options: {
    store: { type: 'string', default: 'folder' },
    restarts: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
    'at-once': { type: 'string', default: '4' },
    latency: { type: 'string', default: '50' },
  },
});
if (values.store !== 'folder' && values.store !== 'postgres')
  throw new Error('--store must be folder or postgres');
console.log(`${values.store}, ${values.restarts} restarts, seed ${values.seed}`);
const { restartMs, defects, spans, ...figures } = await testRestarts({
  store: values.store,
  seed: Number(values.seed),
  restarts: Number(values.restarts),
  atOnce: Number(values['at-once']),
  latencyMs: Number(values.latency),
  onProgress: ({ restarts, ended }) => {
    if (restarts % 10 === 0) console.log(`${restarts} restarts, ${ended} runs ended`);
  },
});
const median = restartMs[Math.floor(restartMs.length / 2)] ?? 0;
console.table({
  ...figures,
  'restart, median s': (median / 1_000).toFixed(1),
  'restart, longest s': ((restartMs.at(-1) ?? 0) / 1_000).toFixed(1),
  ...spans,
  defects: defects.length,
});
for (const defect of defects) console.log(`✖ ${defect}`);
process.exit(defects.length === 0 ? 0 : 1);
