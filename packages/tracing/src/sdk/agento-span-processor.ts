import type { DeliveryLog } from '@agento/delivery';
import { createRedactor, secretsOfEnvironment } from '@agento/redaction';
import type { Context } from '@opentelemetry/api';
import {
  BatchSpanProcessor,
  type ReadableSpan,
  type Span,
  type SpanExporter,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace';
import { interruptRuns } from '../open-runs.ts';
import { KindProcessor } from '../openinference.ts';
import { type Settings, settingsOfOwnSdk } from '../settings.ts';
import { callBeforeEnd } from './before-end.ts';
import { readContentSettings } from './content-settings.ts';
import { OtlpExporter } from './otlp-exporter.ts';
import { processWarnings } from './process-warnings.ts';
import { Registration } from './registration.ts';
import { redactResource } from './resources.ts';
import { RulesAgain, SpanRules, writesAtTheEnd } from './span-rules.ts';

/** The SDK's own, private: all processors, in order. */
interface Inner {
  _spanProcessor?: { _spanProcessors?: SpanProcessor[] };
}

export interface AgentoSpanProcessorOptions {
  /**
   * Where the spans go afterwards: an OtlpExporter, or an exporter of anybody's, in batches. Default none: the SDK's other
   * processors export them.
   */
  exporter?: SpanExporter;
  /** False: no prompt, answer or reason is recorded. Default: OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT. */
  content?: boolean;
  /** Secrets the process has loaded, removed wherever they appear. Default: those of the environment only. */
  secrets?: string[];
  /** Where it says what is wrong with the set-up. Default: process warnings. */
  log?: DeliveryLog;
}

/**
 * This library in an OpenTelemetry SDK of your own: each span is redacted just before it ends, whoever made it, its payloads are
 * bounded, and what records decisions, verdicts and prompts writes on the SDK's spans.
 *
 * @example
 * const sdk = new NodeSDK({
 *   spanProcessors: [new AgentoSpanProcessor({ exporter: new OtlpExporter() })],
 * });
 *
 * @throws TracingConfigError naming a wrong variable and what is allowed
 */
export class AgentoSpanProcessor implements SpanProcessor {
  readonly #settings: Settings;
  readonly #rules: SpanRules;
  readonly #kind = new KindProcessor();
  readonly #next: SpanProcessor | null;
  readonly #registration: Registration;
  readonly #redactResource: (span: ReadableSpan) => void;
  #hasSeenToOthers = false;

  constructor(options: AgentoSpanProcessorOptions = {}, env: NodeJS.ProcessEnv = process.env) {
    const { exporter, log = processWarnings, secrets = [] } = options;
    const redactor = createRedactor({ secrets: [...secretsOfEnvironment(env), ...secrets] });
    const settings = { ...readContentSettings(options.content, env), redactor };
    this.#settings = settings;
    this.#rules = new SpanRules(settings);
    this.#next = exporter ? processorOf(exporter) : null;
    this.#registration = new Registration(exporter ?? null, log);
    this.#redactResource = redactResource(redactor);
    settingsOfOwnSdk(settings);
  }

  onStart(span: Span, parent: Context): void {
    this.#registration.look(span);
    this.#seeToLaterWriters(span);
    this.#redactResource(span as unknown as ReadableSpan);
    callBeforeEnd(span, () => this.#rules.onEnding(span));
    this.#rules.onStart(span);
    this.#kind.onStart(span);
    this.#next?.onStart(span, parent);
  }

  onEnding(span: Span): void {
    this.#rules.onEnding(span);
  }

  onEnd(span: ReadableSpan): void {
    this.#next?.onEnd(span);
  }

  /** Once: a list that is not as expected is left alone. */
  #seeToLaterWriters(span: Span): void {
    if (this.#hasSeenToOthers) return;
    this.#hasSeenToOthers = true;
    const processors = (span as Inner)._spanProcessor?._spanProcessors;
    if (!Array.isArray(processors) || !processors.includes(this)) return;
    const later = processors.slice(processors.indexOf(this) + 1);
    if (later.some((other) => writesAtTheEnd(other) && !isOurs(other))) {
      processors.push(new RulesAgain(this.#settings));
    }
  }

  async forceFlush(): Promise<void> {
    await this.#next?.forceFlush();
  }

  async shutdown(): Promise<void> {
    interruptRuns();
    await this.#next?.shutdown();
  }
}

function isOurs(processor: SpanProcessor): boolean {
  return processor instanceof AgentoSpanProcessor || processor instanceof RulesAgain;
}

/** An OtlpExporter has a queue of its own, whose counts are exact; others need one. */
function processorOf(exporter: SpanExporter): SpanProcessor {
  return exporter instanceof OtlpExporter ? exporter.processor : new BatchSpanProcessor({ exporter });
}
