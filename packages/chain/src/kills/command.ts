import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { distinctGoals } from './goals.ts';
import { type KillReport, testKills } from './kills.ts';
import type { StoreKind } from './system.ts';
import { callsOf, undisturbed } from './undisturbed.ts';

/** `pnpm kills`: the kill test, as long as wanted. Exits with 1 if anything was lost, or paid for twice. */
const { values } = parseArgs({
  options: {
    store: { type: 'string', default: 'folder' },
    runs: { type: 'string', default: '20' },
    kills: { type: 'string' },
    freezes: { type: 'string', default: '0' },
    'postgres-restarts': { type: 'string' },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
    'at-once': { type: 'string', default: '4' },
    latency: { type: 'string', default: '30' },
    keep: { type: 'boolean', default: false },
  },
});
if (values.store !== 'folder' && values.store !== 'postgres')
  throw new Error('--store must be folder or postgres');
const store: StoreKind = values.store;
const runs = Number(values.runs);
const kills = Number(values.kills ?? runs);
const postgresRestarts = store === 'folder' ? 0 : Number(values['postgres-restarts'] ?? Math.ceil(runs / 20));
const seed = Number(values.seed);

console.log(`${store}, ${runs} runs, ${kills} kills, seed ${seed}`);
const calm = await undisturbed(distinctGoals(runs));
let told = 0;
const report = await testKills({
  store,
  seed,
  undisturbed: calm,
  kills,
  freezes: Number(values.freezes),
  postgresRestarts,
  atOnce: Number(values['at-once']),
  latencyMs: Number(values.latency),
  keepsData: values.keep,
  onProgress({ ended, kills: done, asked }) {
    if (performance.now() - told < 5_000) return;
    told = performance.now();
    console.log(`${ended} of ${runs} runs ended, ${done} kills, ${asked} calls`);
  },
});
print(report);
process.exit(report.defects.length === 0 ? 0 : 1);

function print(report: KillReport): void {
  const { takeovers, ledger, defects } = report;
  const seconds = (ms: number | undefined) => (ms === undefined ? '–' : `${(ms / 1_000).toFixed(1)} s`);
  const [least, most] = (['least', 'most'] as const).map((bound) =>
    takeovers.map((takeover) => takeover[bound]).sort((a, b) => a - b),
  );
  const range = (pick: (ordered: readonly number[]) => number | undefined) =>
    `${seconds(pick(least ?? []))} to ${seconds(pick(most ?? []))}`;
  console.table({
    seed,
    'wall time': seconds(report.seconds * 1_000),
    kills: report.kills.length,
    freezes: report.freezes,
    'restarts of Postgres': report.postgresRestarts,
    'processes that ended by themselves': report.ownEnds.length,
    'executions of parts': report.executions,
    'calls, nobody killed': callsOf(calm),
    'calls made again (in flight at a kill)': ledger.madeAgain,
    'calls paid twice (recorded before)': ledger.paidTwice.length,
    'takeovers seen': takeovers.length,
    'takeover, median': range((ordered) => ordered[Math.floor(ordered.length / 2)]),
    'takeover, longest': range((ordered) => ordered.at(-1)),
    defects: defects.length,
  });
  for (const [text, times] of report.warnings) console.log(`${times} × ${text}`);
  for (const [kind, alike] of Map.groupBy(defects, withoutIds))
    console.log(`✖ ${alike.length} × ${kind}\n    ${alike[0]}`);
  if (values.keep) console.log(`The data: ${report.dataDir}`);
}

/** What runs have in common: a defect shows in many. */
function withoutIds(text: string): string {
  return text.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{16,}|\d+ ms/g, '…');
}
