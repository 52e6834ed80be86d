import type { Span, SpanProcessor } from '@opentelemetry/sdk-trace';
import { RedactingProcessor } from '../redacting-processor.ts';
import { keepPayloadRules, leaveOutBytes } from './foreign-payload.ts';

/** What every span goes through before it ends, whoever made it: bytes go, it is redacted, then its payloads are bounded. */
export class SpanRules extends RedactingProcessor {
  override onEnding(span: Span): void {
    leaveOutBytes(span);
    super.onEnding(span);
    keepPayloadRules(span);
  }
}

/**
 * Applies the rules once more, as the last of the processors, where others write just before a span ends: what they read there
 * is redacted by the first time, what they write by this one.
 */
export class RulesAgain extends SpanRules {
  override onStart(): void {}
}

/** Whether it may write on a span just before that ends. */
export function writesAtTheEnd(processor: SpanProcessor): boolean {
  return typeof processor.onEnding === 'function';
}
