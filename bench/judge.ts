/**
 * The null test of the judge of revisions: an unchanged text is submitted as an attempt, and must get the same judgement
 * as it got as the original. Any difference is the judge's own noise: a revision that wins by less has won nothing. Run
 * with `node bench/judge.ts <module5_output.json> [rounds]` and the variables of a model (OPENAI_API_KEY,
 * OPENAI_BASE_URL, AGENTO_MODEL, …); without them the offline model answers, which never differs.
 */
import { readFile } from 'node:fs/promises';
import {
  createBudget,
  createLedger,
  createMemoryJournal,
  createModelClient,
  type Run,
  readModelSettings,
  sideBySide,
} from '@agento/agent';
import { findings, type Module5Input, Module5Output, moduleInfo } from '@agento/contracts';
import { judgeAttempt, judgeBaseline } from '@agento/module5/src/judgement.ts';
import { type Revision, revisionsOf } from '@agento/module5/src/revision.ts';
import { offlineModelName, startOfflineModel } from '@agento/offline-model';
import { startTelemetry } from '@agento/tracing/service';

const [file, rounds = '3'] = process.argv.slice(2);
if (file === undefined || !/^[1-9]\d?$/.test(rounds)) {
  console.error('Usage: node bench/judge.ts <module5_output.json> [rounds, 1 to 99]');
  process.exit(2);
}
const revisions = revisionsOf(await outputIn(file), new Map());
if (revisions.length === 0) {
  console.error('No revision was approved in this run: use the output of another');
  process.exit(2);
}

const isOwn = Boolean(process.env.OPENAI_API_KEY || process.env.OPENAI_BASE_URL);
const offline = isOwn ? null : await startOfflineModel({ host: '127.0.0.1', port: 0, latencyMs: 0 });
const models = createModelClient(
  readModelSettings(offline ? { OPENAI_BASE_URL: offline.url, AGENTO_MODEL: offlineModelName } : process.env),
);
const telemetry = startTelemetry({
  module: moduleInfo(5),
  env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'disabled' },
  dataDir: '/nowhere',
});
const ledger = createLedger(5);
const run: Run = {
  id: '00000000-0000-4000-8000-000000000000',
  module: moduleInfo(5),
  signal: new AbortController().signal,
  models,
  maxAttempts: 1,
  ledger,
  budget: createBudget({ limits: {}, earlier: [], ledger, settings: models.settings }),
  guardrails: null,
  journal: createMemoryJournal(),
  emit: () => {},
};

/** One text judged twice: the difference of the scores, and of how many criteria the statuses differ. */
interface Difference {
  item: string;
  score: number;
  statuses: number;
  criteria: number;
}

async function judgeTwice(revision: Revision): Promise<Difference | null> {
  const { item, approval, criteria } = revision;
  const unchanged = { text: item.item_description, changes: [], produced_by: approval.produced_by };
  const baseline = await judgeBaseline(run, revision);
  const { evaluation } = await judgeAttempt(run, revision, unchanged, { number: 1, suggestions: [] });
  if (baseline.score === null || evaluation.score === null) return null;
  const before = new Map(
    baseline.criteria_fulfillment.map(({ criterion_id, status }) => [criterion_id, status]),
  );
  const differing = evaluation.criteria_fulfillment.filter(
    ({ criterion_id, status }) => before.get(criterion_id) !== status,
  );
  return {
    item: item.id,
    score: Math.abs(evaluation.score - baseline.score),
    statuses: differing.length,
    criteria: criteria.length,
  };
}

const all: (Difference | null)[] = [];
for (let round = 1; round <= Number(rounds); round += 1) {
  const judged = await sideBySide(run, revisions, (revision) => judgeTwice(revision));
  all.push(...judged);
  console.log(
    `round ${round}: ${judged.map((one) => (one ? `${one.item} ${one.score.toFixed(2)}` : 'not judged')).join(', ')}`,
  );
}
const found = all.filter((one) => one !== null);
const sum = (pick: (one: Difference) => number) => found.reduce((total, one) => total + pick(one), 0);
const largest = Math.max(0, ...found.map(({ score }) => score));
console.log(
  `${found.length} of ${all.length} texts judged twice: scores differ by ${(sum(({ score }) => score) / Math.max(1, found.length)).toFixed(3)} on average, ${largest.toFixed(2)} at most; ${sum(({ statuses }) => statuses)} of ${sum(({ criteria }) => criteria)} statuses differ`,
);
await models.close();
await offline?.close();
await telemetry.shutdown(1_000);

async function outputIn(path: string): Promise<Module5Input> {
  const output: unknown = JSON.parse(await readFile(path, 'utf8'));
  const wrong = findings(Module5Output, output);
  if (wrong.length > 0) {
    console.error(
      `${path} is no output of module 5: ${wrong.map(({ pointer, detail }) => `${pointer} ${detail}`).join('; ')}`,
    );
    process.exit(2);
  }
  return output as Module5Input;
}
