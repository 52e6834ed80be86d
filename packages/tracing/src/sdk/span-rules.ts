import type { Span } from '@opentelemetry/sdk-trace';
import { RedactingProcessor } from '../redacting-processor.ts';
import { keepPayloadRules } from './foreign-payload.ts';

/** What every span goes through before it ends, whoever made it: it is redacted, then its payloads are bounded. */
export class SpanRules extends RedactingProcessor {
  override onEnding(span: Span): void {
    super.onEnding(span);
    keepPayloadRules(span);
  }
}
