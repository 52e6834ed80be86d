import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage } from 'node:http';
import type { Redactor } from '@agento/redaction';
import type { Span } from '@opentelemetry/api';
import { incomingSpans } from './incoming.ts';
import { settings } from './settings.ts';

/** Apart from OpenTelemetry's context: the log is to be without secrets where tracing is switched off, too. */
const ofRun = new AsyncLocalStorage<Redactor | null>();
/** On the span itself: the request's spans end outside of the run. */
const redactorKey = Symbol('agento.redactor');
type Bound = Span & { [redactorKey]?: Redactor };

/** What knows the secrets in a run's input; null where there are none. */
export type RunSecrets = Redactor | null;

/** Learns the secrets in a run's input. */
export function learnRunSecrets(input: unknown): Promise<RunSecrets> {
  return settings.redactor.learn(input);
}

/**
 * From here on the secrets are removed from all that is written in this asynchronous context (the one that says how
 * the run ended has to call this itself), and from the request's own spans. Other runs do not share them.
 */
export function keepRunSecrets(secrets: RunSecrets, request?: IncomingMessage): void {
  ofRun.enterWith(secrets);
  if (secrets && request) for (const span of incomingSpans(request)) bind(span, secrets);
}

/** The redactor that knows what a span's run, or the run under way here, has learned. */
export function currentRedactor(span?: Span): Redactor {
  return (span as Bound | undefined)?.[redactorKey] ?? ofRun.getStore() ?? settings.redactor;
}

/** Keeps what the run under way has learned with a span that begins, wherever it may end. */
export function bindToRun(span: Span): void {
  const redactor = ofRun.getStore();
  if (redactor) bind(span, redactor);
}

function bind(span: Bound, redactor: Redactor): void {
  span[redactorKey] = redactor;
}
