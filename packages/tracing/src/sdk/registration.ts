import type { DeliveryLog } from '@agento/delivery';
import { withoutCredentials } from '@agento/redaction';
import type { Span, SpanExporter } from '@opentelemetry/sdk-trace';
import { hasSettings, isPlaceOurs, isPlaceTaken } from '../settings.ts';
import { isDestination } from './destinations.ts';

/** Parts of the SDK's own, private, and read only to warn: where they are not as expected, nothing is said. */
interface Inner {
  _spanProcessor?: { _spanProcessors?: { _exporter?: { _delegate?: Wrapped } }[] };
  _spanLimits?: { attributeValueLengthLimit?: number };
  /** From SDK 2.0 on. */
  instrumentationScope?: object;
}
interface Wrapped {
  _transport?: Wrapped;
  _parameters?: { url?: unknown };
}

/** Where every copy of OpenTelemetry's API in a process registers what is global; a newer copy ignores an older one's. */
const apiKey = Symbol.for('opentelemetry.js.api.1');
type Shared = { [apiKey]?: { trace?: unknown } };

/** Sees that spans would be redacted twice, or not at all, or exported twice, or nowhere; and says what to do. */
export class Registration {
  readonly #exporter: SpanExporter | null;
  readonly #log: DeliveryLog;
  #hasLooked = false;

  /** Looks at what is registered before this processor. */
  constructor(exporter: SpanExporter | null, log: DeliveryLog) {
    this.#exporter = exporter;
    this.#log = log;
    if (!isPlaceTaken()) return;
    log.warn(
      {},
      isPlaceOurs()
        ? 'initializeTracing() has been called, and an AgentoSpanProcessor is created: use one of the two, they do the same'
        : 'OpenTelemetry was started before this AgentoSpanProcessor was created, and exports spans without redaction: put the processor into the spanProcessors of that SDK, or do not start it (as `--import …/register` does)',
    );
  }

  /** Looks at the SDK this processor is in, at the first of its spans. */
  look(span: Span): void {
    if (this.#hasLooked) return;
    this.#hasLooked = true;
    if (hasSettings(span)) {
      this.#log.warn(
        {},
        isPlaceOurs()
          ? 'An AgentoSpanProcessor is among the processors of initializeTracing(), which does the same: remove it'
          : 'This SDK has two AgentoSpanProcessors: remove one, or every span is redacted twice and what both export arrives twice',
      );
    }
    if ((span as Inner).instrumentationScope === undefined) {
      this.#log.warn({}, 'An OtlpExporter cannot send the spans of an OpenTelemetry SDK 1.x: use 3.x');
    } else if (!isPlaceTaken() && (globalThis as Shared)[apiKey]?.trace) {
      this.#log.warn(
        {},
        'The SDK has an older @opentelemetry/api than this library, whose own spans (withSpan, getTracer()) are lost: install one @opentelemetry/api of at least 1.10, with an SDK 3.x',
      );
    }
    if (Number.isFinite((span as Inner)._spanLimits?.attributeValueLengthLimit ?? Infinity)) {
      this.#log.warn(
        {},
        'This SDK cuts values before anything can redact them, and half a secret is not found: set no attributeValueLengthLimit, and unset OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT',
      );
    }
    const processors = (span as Inner)._spanProcessor?._spanProcessors ?? [];
    if (processors.length === 1 && !this.#exporter) {
      this.#log.warn(
        {},
        'Spans are redacted, but nothing exports them: a NodeSDK ignores traceExporter where it has spanProcessors. Give the exporter to the processor: new AgentoSpanProcessor({ exporter })',
      );
    }
    for (const { _exporter } of processors) {
      const endpoint = urlOf(_exporter?._delegate);
      if (endpoint === null || !isDestination(endpoint)) continue;
      this.#log.warn(
        { endpoint },
        'Two exporters of this SDK send to one collector, where each span arrives twice: remove one of them',
      );
    }
  }
}

/** Where an exporter of the SDK sends, without credentials; null if it cannot be seen. */
function urlOf(part: Wrapped | undefined): string | null {
  for (let at = part; at; at = at._transport) {
    const { url } = at._parameters ?? {};
    if (typeof url === 'string') return withoutCredentials(url);
  }
  return null;
}
