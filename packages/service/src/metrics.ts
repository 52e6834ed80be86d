import type { ModelCall, ModelLoad } from '@agento/agent';
import type { RunEventName, RunEvents } from '@agento/contracts';
import type { DeliveryStats } from '@agento/tracing';
import { createMeter, type EndedOperation, type MeasurementSink } from '@agento/tracing/metrics';
import {
  Counter,
  collectDefaultMetrics,
  Gauge,
  Histogram,
  Registry,
  type RegistryContentType,
} from 'prom-client';
import { genAiSink } from './genai-metrics.ts';
import type { Log } from './log.ts';

/** Seconds: a step is a model call or two, a run many of them. */
const stepBuckets = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];
const runBuckets = [1, 5, 15, 30, 60, 120, 300, 600, 1_800];

/** The event loop is woken so often to see whether it lags; every 10 ms, by default, would be all that an idle service does. */
const lagPrecisionMs = 100;

/** A service's Prometheus metrics. */
export interface Metrics {
  registry: Registry<RegistryContentType>;
  request(method: string, route: string, status: number): void;
  runStarted(): void;
  runEnded(
    outcome: 'finished' | 'failed' | 'cancelled' | 'waiting_for_review' | 'suspended',
    seconds: number,
  ): void;
  modelCall(call: ModelCall): void;
  /** An agent or a tool has ended its work. */
  operation(ended: EndedOperation): void;
  observe<N extends RunEventName>(name: N, data: RunEvents[N]): void;
}

export function createMetrics(sources: {
  module: number;
  modelLoad(): ModelLoad;
  runLoad(): { queued: number; oldestQueuedSeconds: number };
  deliveryStats(): DeliveryStats | null;
  /** Where the GenAI metrics go as well; null: nowhere. */
  otlp: MeasurementSink | null;
  /** Told when there is too much of them. */
  log: Pick<Log, 'warn'>;
}): Metrics {
  // Only a registry of this type takes metrics with exemplars.
  const registry = new Registry<RegistryContentType>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  registry.setDefaultLabels({ module: String(sources.module) });
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: lagPrecisionMs });
  const registers = [registry];
  const requests = new Counter({
    name: 'agento_http_requests_total',
    help: 'Requests answered',
    labelNames: ['method', 'route', 'status'],
    registers,
  });
  const runs = new Counter({
    name: 'agento_runs_total',
    help: 'Executions of runs that ended, by outcome; suspended ones go on elsewhere or later, those that wait for review when a person has decided',
    labelNames: ['outcome'],
    registers,
  });
  const running = new Gauge({ name: 'agento_runs_active', help: 'Active runs', registers });
  const runSeconds = new Histogram({
    name: 'agento_run_duration_seconds',
    help: 'Duration of a run from this module on',
    labelNames: ['outcome'],
    buckets: runBuckets,
    registers,
  });
  const steps = new Counter({
    name: 'agento_steps_total',
    help: 'Steps that ended, by outcome',
    labelNames: ['step', 'agent', 'outcome'],
    registers,
  });
  const stepSeconds = new Histogram({
    name: 'agento_step_duration_seconds',
    help: 'Duration of a step',
    labelNames: ['step'],
    buckets: stepBuckets,
    registers,
  });
  const calls = new Counter({
    name: 'agento_model_calls_total',
    help: 'Model calls that ended, by outcome',
    labelNames: ['model', 'outcome'],
    registers,
  });
  const callSeconds = new Histogram({
    name: 'agento_model_call_duration_seconds',
    help: 'Duration of a model call',
    labelNames: ['model'],
    buckets: stepBuckets,
    registers,
  });
  const tokens = new Counter({
    name: 'agento_model_tokens_total',
    help: 'Tokens used',
    labelNames: ['model', 'direction'],
    registers,
  });
  new Gauge({
    name: 'agento_model_calls_active',
    help: 'Model calls, active and waiting',
    labelNames: ['state'],
    registers,
    collect() {
      const { active, waiting } = sources.modelLoad();
      this.set({ state: 'active' }, active);
      this.set({ state: 'waiting' }, waiting);
    },
  });
  new Gauge({
    name: 'agento_model_circuit',
    help: '1 for the state of the model endpoint’s circuit, 0 for the others',
    labelNames: ['state'],
    registers,
    collect() {
      const { circuit } = sources.modelLoad();
      for (const state of ['closed', 'open', 'half-open']) this.set({ state }, state === circuit ? 1 : 0);
    },
  });
  new Gauge({
    name: 'agento_runs_queued',
    help: 'Runs waiting for their turn',
    registers,
    collect() {
      this.set(sources.runLoad().queued);
    },
  });
  new Gauge({
    name: 'agento_runs_oldest_queued_seconds',
    help: 'How long the first of them has waited',
    registers,
    collect() {
      this.set(sources.runLoad().oldestQueuedSeconds);
    },
  });
  deliveryMetrics(registers, sources.deliveryStats);
  const operation = createMeter([genAiSink(registry), ...(sources.otlp ? [sources.otlp] : [])], sources.log);
  // Its own text is that of Prometheus; openMetrics writes the other.
  registry.setContentType(Registry.PROMETHEUS_CONTENT_TYPE);
  return {
    registry,
    request: (method, route, status) => requests.inc({ method, route, status: String(status) }),
    runStarted: () => running.inc(),
    runEnded(outcome, seconds) {
      running.dec();
      runs.inc({ outcome });
      runSeconds.observe({ outcome }, seconds);
    },
    operation,
    modelCall({ model, outcome, durationMs, usage, operation: ended }) {
      operation(ended);
      calls.inc({ model, outcome });
      callSeconds.observe({ model }, durationMs / 1_000);
      if (!usage) return;
      if (usage.input !== null) tokens.inc({ model, direction: 'input' }, usage.input);
      if (usage.output !== null) tokens.inc({ model, direction: 'output' }, usage.output);
    },
    observe(name, data) {
      if (name !== 'step.finished') return;
      const { step, agent_name, duration_ms, failed } = data as RunEvents['step.finished'];
      steps.inc({ step, agent: agent_name, outcome: failed ? 'failed' : 'ok' });
      stepSeconds.observe({ step }, duration_ms / 1_000);
    },
  };
}

/** What became of the spans: figures the delivery counts itself, read when they are asked for. */
function deliveryMetrics(
  registers: Registry<RegistryContentType>[],
  stats: () => DeliveryStats | null,
): void {
  const counter = (name: string, help: string, read: (figures: DeliveryStats) => number) =>
    new Counter({
      name,
      help,
      registers,
      collect() {
        const figures = stats();
        this.reset();
        if (figures) this.inc(read(figures));
      },
    });
  const gauge = (name: string, help: string, read: (figures: DeliveryStats) => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        const figures = stats();
        if (figures) this.set(read(figures));
      },
    });
  counter('agento_spans_ended_total', 'Spans that ended', (figures) => figures.ended);
  counter(
    'agento_spans_adopted_total',
    'Spans taken over from a process that died',
    (figures) => figures.adopted,
  );
  counter('agento_spans_exported_total', 'Spans accepted by a collector', (figures) => figures.exported);
  counter('agento_export_failures_total', 'Export requests that failed', (figures) => figures.failures);
  counter('agento_export_bytes_total', 'Bytes of spans sent, compressed', (figures) => figures.bytes_sent);
  counter(
    'agento_spans_shed_total',
    'Spans that shed payload events to fit a request',
    (figures) => figures.shed_spans,
  );
  gauge('agento_spans_queued', 'Spans waiting in memory', (figures) => figures.queued);
  gauge('agento_spans_spooled', 'Spans waiting on disk', (figures) => figures.spooled);
  new Counter({
    name: 'agento_spans_dropped_total',
    help: 'Spans lost, by reason',
    labelNames: ['reason'],
    registers,
    collect() {
      this.reset();
      for (const [reason, count] of Object.entries(stats()?.dropped ?? {})) this.inc({ reason }, count);
    },
  });
}
