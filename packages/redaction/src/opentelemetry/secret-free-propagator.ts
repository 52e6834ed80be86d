import {
  type Context,
  propagation,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
  type TraceState,
  trace,
} from '@opentelemetry/api';
import type { Redactor } from '../redactor.ts';

/** Passes on what another propagator does, without the members of `tracestate` and `baggage` that contain a secret. */
export class SecretFreePropagator implements TextMapPropagator {
  readonly #propagator: TextMapPropagator;
  readonly #redactorOf: (context: Context) => Redactor;

  /** A function for the redactor is called each time. */
  constructor(propagator: TextMapPropagator, redactor: Redactor | ((context: Context) => Redactor)) {
    this.#propagator = propagator;
    this.#redactorOf = typeof redactor === 'function' ? redactor : () => redactor;
  }

  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    this.#propagator.inject(withoutSecrets(context, this.#redactorOf(context)), carrier, setter);
  }

  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    const extracted = this.#propagator.extract(context, carrier, getter);
    return withoutSecrets(extracted, this.#redactorOf(extracted));
  }

  fields(): string[] {
    return this.#propagator.fields();
  }
}

function withoutSecrets(context: Context, redactor: Redactor): Context {
  let clean = context;
  const span = trace.getSpanContext(context);
  const state = secretFreeState(span?.traceState, redactor);
  if (span && state !== span.traceState) {
    const { traceState: _, ...rest } = span;
    clean = trace.setSpanContext(clean, { ...rest, ...(state && { traceState: state }) });
  }
  const baggage = propagation.getBaggage(context);
  const bad = baggage?.getAllEntries().filter(([key, { value, metadata }]) => {
    return [value, metadata?.toString() ?? ''].some((text) => holdsSecret(key, text, redactor));
  });
  if (baggage && bad && bad.length > 0)
    clean = propagation.setBaggage(clean, baggage.removeEntries(...bad.map(([key]) => key)));
  return clean;
}

/** The state without members that contain a secret: the same object if none does, undefined if nothing is left. */
export function secretFreeState(state: TraceState | undefined, redactor: Redactor): TraceState | undefined {
  let clean = state;
  for (const member of state?.serialize().split(',') ?? []) {
    const at = member.indexOf('=');
    const key = member.slice(0, at).trim();
    if (at >= 0 && holdsSecret(key, member.slice(at + 1), redactor)) clean = clean?.unset(key);
  }
  return clean === state || clean?.serialize() !== '' ? clean : undefined;
}

function holdsSecret(key: string, value: string, redactor: Redactor): boolean {
  // For a multi-tenant vendor the key is `tenant@vendor`.
  return (
    key.split('@').some((name) => redactor.attribute(name, value).count > 0) ||
    redactor.text(`${key}=${value}`).count > 0
  );
}
