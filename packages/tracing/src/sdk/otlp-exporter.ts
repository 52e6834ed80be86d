import type { Delivery, DeliveryStats } from '@agento/delivery';
import { createRedactor, secretsOfEnvironment, secretsOfUrl, withoutCredentials } from '@agento/redaction';
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace';
import { deliveryOf } from '../delivery-of.ts';
import { refusals } from '../environment/unread.ts';
import type { TracingConfig } from '../library/config.ts';
import { resolveConfig } from '../library/resolve.ts';
import { enterDestination } from './destinations.ts';
import { processWarnings } from './process-warnings.ts';

/** The fields of `initializeTracing` that say where spans go, with the same meanings and defaults. */
export type OtlpExporterOptions = Pick<
  TracingConfig,
  'otlpEndpoint' | 'maxExportBatchSize' | 'exportTimeoutMs' | 'spoolDirectory' | 'secrets' | 'log'
>;

/** Where the SDK's own exporters send spans if nobody says otherwise. */
const usualEndpoint = 'http://localhost:4318';

/**
 * Sends spans by OTLP (`http/protobuf`) to a collector: a queue bounded in bytes, a spool for outages, exact counts. For the
 * `exporter` of an AgentoSpanProcessor, which gives it each span as it ends, or for a BatchSpanProcessor of the SDK.
 *
 * What is left out is read from the environment (OTEL_EXPORTER_OTLP_…, OTEL_BSP_…, AGENTO_SPOOL_MAX_BYTES). It redacts
 * nothing: that is the processor's part.
 *
 * @throws TracingConfigError naming each wrong field or variable and what is allowed
 */
export class OtlpExporter implements SpanExporter {
  /** Where spans are sent, without credentials; null: nowhere, where export is switched off. */
  readonly endpoint: string | null;
  readonly #delivery: Delivery | null;
  readonly #leave: () => void;

  constructor(options: OtlpExporterOptions = {}, env: NodeJS.ProcessEnv = process.env) {
    const { secrets = [], spoolDirectory = null, log = processWarnings } = options;
    const resolved = resolveConfig(options, readable(env));
    const { exportDisabled } = resolved;
    const tracesUrl =
      resolved.tracesUrl ?? (exportDisabled ? null : new URL('/v1/traces', usualEndpoint).href);
    const redactor = createRedactor({
      secrets: [...secretsOfEnvironment(env), ...secretsOfUrl(tracesUrl ?? ''), ...secrets],
    });
    this.#delivery = deliveryOf({ environment: { ...resolved, tracesUrl }, spoolDirectory, redactor, log });
    this.endpoint = tracesUrl && withoutCredentials(tracesUrl);
    this.#leave = this.endpoint ? enterDestination(this.endpoint, log) : () => {};
  }

  /** Takes each span as it ends, in place of a BatchSpanProcessor. */
  get processor(): SpanProcessor {
    return {
      onStart() {},
      onEnd: (span) => this.#delivery?.processor.onEnd(span),
      forceFlush: () => this.forceFlush(),
      shutdown: () => this.shutdown(),
    };
  }

  /** The fate of every span it was given; null: export is switched off. */
  stats(): DeliveryStats | null {
    return this.#delivery?.stats() ?? null;
  }

  /** Succeeds once the spans are sent, on disk, or in the queue of a collector that is down. */
  export(spans: ReadableSpan[], resultCallback: (result: ExportResult) => void): void {
    for (const span of spans) this.#delivery?.take(span);
    void this.forceFlush().then(() => resultCallback({ code: ExportResultCode.SUCCESS }));
  }

  /** Resolves when every span so far is sent or on disk, or the collector has failed. Never rejects. */
  async forceFlush(): Promise<void> {
    await this.#delivery?.forceFlush();
  }

  /** Sends or spools the rest; takes at most 5 s. Never rejects. */
  async shutdown(): Promise<void> {
    this.#leave();
    await this.#delivery?.shutdown(5_000);
  }
}

/** Without the variables that say what spans hold: they are the business of the SDK that makes them. */
function readable(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => refusals([name]).length === 0));
}
