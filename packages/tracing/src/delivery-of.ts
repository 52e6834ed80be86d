import { createDelivery, type Delivery, type DeliveryLog } from '@agento/delivery';
import type { Redactor } from '@agento/redaction';
import { redactedLine } from './log-fields.ts';
import { event } from './names.ts';
import type { SpanObserver } from './span-note.ts';
import type { TelemetryEnvironment } from './variables.ts';

/** The delivery that the environment describes; null if spans are sent nowhere. */
export function deliveryOf(of: {
  environment: TelemetryEnvironment;
  /** Folder where spans wait while the collector is down; null: in memory. */
  spoolDirectory: string | null;
  redactor: Redactor;
  log?: DeliveryLog | undefined;
  notes?: SpanObserver | undefined;
}): Delivery | null {
  const { environment, spoolDirectory, redactor, log, notes } = of;
  const { tracesUrl, headers, tls, compression, proxies, exportTimeoutMs } = environment;
  if (tracesUrl === null) return null;
  return createDelivery({
    url: tracesUrl,
    headers,
    tls,
    compression,
    proxies,
    spoolDirectory: environment.AGENTO_SPOOL_MAX_BYTES > 0 ? spoolDirectory : null,
    maxSpoolBytes: environment.AGENTO_SPOOL_MAX_BYTES,
    scheduledDelayMs: environment.OTEL_BSP_SCHEDULE_DELAY,
    maxBatchSpans: environment.OTEL_BSP_MAX_EXPORT_BATCH_SIZE,
    ...(exportTimeoutMs && { exportTimeoutMs }),
    shedFirst: [event.payloadLarge, event.payloadCompressed],
    redact: (text) => redactedLine(text, redactor),
    ...(log && { log }),
    ...(notes && { onSafe: (spanIds) => notes.safe(spanIds) }),
  });
}
