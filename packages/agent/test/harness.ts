import {
  codeStep,
  expansionEvaluation,
  form,
  modelStep,
  moduleInfo,
  type RunEventName,
  type VerdictAnswer,
} from '@agento/contracts';
import { startTelemetry, type Telemetry } from '@agento/tracing/service';
import { collectSpans, type PlainSpan, type SpanCollection } from '@agento/tracing/testing';
import Type from 'typebox';
import {
  ask,
  createBudget,
  createLedger,
  createModelClient,
  defineAgent,
  type ModelClient,
  type Question,
  type Run,
  readModelSettings,
} from '../src/index.ts';
import { type Reply, type RequestBody, type ScriptedModel, startScriptedModel } from './scripted-model.ts';

export type { Reply, RequestBody };

export const runId = '5f0c8f7e-53c5-4c35-9d0b-3d1d6a1b2c3d';
/** Module 3's judge, about as little as it can be, and linked to nothing. */
export const verdictStep = modelStep({
  ...expansionEvaluation,
  about: ['itemId', 'criterionId'],
  links: { item: { to: ['item_generation'], when: 'where a test says so' } },
  attributes: Type.Object({ 'agento.verdict.pass': form.flag() }),
});
export const evaluator = defineAgent(verdictStep, new URL('./fixtures/item-evaluator.md', import.meta.url));
/** A group of steps in module 3. */
export const groupStep = codeStep({ name: 'plan_expansion', kind: 'group', times: 'run' });
export const goodVerdict: VerdictAnswer = { reasoning: 'It names a date.', score: 80 };
export const badVerdict = { reasoning: 'It names a date.', score: 800 };

/** Everything an agent needs, real but for the model's words. */
export interface Harness {
  model: ScriptedModel;
  models: ModelClient;
  run: Run;
  events: { name: RunEventName; data: unknown }[];
  spans(): PlainSpan[];
  span(name: string): PlainSpan;
  stop: AbortController;
}

let telemetry: Telemetry | null = null;
let collected: SpanCollection | null = null;
const open: (() => Promise<void>)[] = [];

/**
 * Starts telemetry once a test file (so the first call's variables for it count), a scripted model and a
 * client for it; `closeAll` ends them.
 */
export async function harness(
  script: Reply[] | ((body: RequestBody) => Reply),
  env: NodeJS.ProcessEnv = {},
  telemetryEnv: NodeJS.ProcessEnv = {},
): Promise<Harness> {
  if (!telemetry) {
    collected = collectSpans();
    telemetry = startTelemetry({
      module: moduleInfo(3),
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'disabled', ...telemetryEnv },
      dataDir: '/nowhere',
      processors: [collected.processor],
    });
  }
  collected?.clear();
  const model = await startScriptedModel(script);
  const models = createModelClient(
    readModelSettings({ OPENAI_BASE_URL: model.url, AGENTO_MODEL: 'small-1', ...env }),
  );
  open.push(models.close, model.close);
  const ledger = createLedger(3);
  const stop = new AbortController();
  const events: Harness['events'] = [];
  const spans = () => collected?.spans() ?? [];
  return {
    model,
    models,
    stop,
    events,
    run: {
      id: runId,
      module: moduleInfo(3),
      signal: stop.signal,
      models,
      maxAttempts: 2,
      ledger,
      budget: createBudget({ limits: {}, earlier: [], ledger, settings: models.settings }),
      // A test may ask the same twice.
      journal: { recall: () => null, permit: async () => {}, record: async () => {} },
      guardrails: null,
      emit: (name, data) => events.push({ name, data: structuredClone(data) }),
    },
    spans,
    span(name) {
      const found = spans().filter((span) => span.name === name);
      if (found.length !== 1 || !found[0]) throw new Error(`${found.length} spans are named ${name}`);
      return found[0];
    },
  };
}

/** Ends the models and clients of a test. */
export async function closeAll(): Promise<void> {
  await Promise.all(open.splice(0).map((close) => close()));
}

/** Asks the evaluator about one item and one criterion. */
export function judge(
  run: Run,
  more: Partial<Question<typeof verdictStep, VerdictAnswer>> = {},
): Promise<VerdictAnswer> {
  return ask(run, evaluator, {
    itemId: 'p1-i1',
    criterionId: 'c1',
    input: {
      goal: 'Open a repair café',
      constraints: [],
      plan: { plan_title: 'A café that repairs', item_titles: ['Room', 'People'] },
      item: { id: 'p1-i1', item_title: 'Room', item_description: 'Find one by May.' },
      criterion: { id: 'c1', criteria: 'It is dated', reasoning: 'Dates bind.' },
    },
    make: (answer) => answer,
    outcome: ({ score }) => ({ summary: `${score}`, attributes: { 'agento.verdict.pass': score >= 50 } }),
    ...more,
  });
}
