import { AsyncLocalStorage } from 'node:async_hooks';
import { createRedactor, type Redactor } from '@agento/redaction';
import { ProxyTracerProvider, type Span, type TracerProvider, trace } from '@opentelemetry/api';

/** What applies to a span, and to what is written beside it. */
export interface Settings {
  /** False: no prompt, answer, goal or reason is recorded. */
  readonly content: boolean;
  /** Payloads over this many bytes are recorded gzipped. */
  readonly compressionThreshold: number;
  readonly redactor: Redactor;
}

/** Where no tracing was started, or by another SDK. */
const defaults: Settings = {
  content: true,
  compressionThreshold: 50_000,
  redactor: createRedactor({ secrets: [] }),
};

/** Apart from OpenTelemetry's context: the log is to be without secrets where tracing is switched off, too. */
const ofRun = new AsyncLocalStorage<Settings | null>();

/** On the span or the provider itself: what a WeakMap holds survives young collections. */
const settingsKey = Symbol('agento.settings');
/** Those of the span's run, which it keeps wherever it may end. */
const runKey = Symbol('agento.settings.run');
type Knowing = (Span | TracerProvider) & { [settingsKey]?: Settings; [runKey]?: Settings };

/**
 * The settings of a span: those of its run, of the run under way here, or of the tracing it was started by. Without a
 * span they are those of the run under way, or of the tracing that is the process's own by OpenTelemetry's API.
 */
export function settingsOf(span: Span | undefined = trace.getActiveSpan()): Settings {
  return knownOf(span) ?? (registeredProvider() as Knowing)[settingsKey] ?? defaults;
}

/** Those of the span or the run under way; null where there is neither. */
export function knownOf(span: Knowing | undefined = trace.getActiveSpan()): Settings | null {
  return span?.[runKey] ?? ofRun.getStore() ?? span?.[settingsKey] ?? null;
}

/** Has the settings found by a span that begins. */
export function giveSettings(span: Span, settings: Settings): void {
  (span as Knowing)[settingsKey] = settings;
  const run = ofRun.getStore();
  if (run) giveRunSettings(span, run);
}

/** Has them found by a span of the run, wherever it ends. */
export function giveRunSettings(span: Span, settings: Settings): void {
  (span as Knowing)[runKey] = settings;
}

/** From here on, in this asynchronous context, a run's settings apply; null: those that applied before. */
export function enterSettings(settings: Settings | null): void {
  ofRun.enterWith(settings);
}

/** Has them found where there is no span: they are those of the provider that is the process's own. */
export function registerSettings(settings: Settings): void {
  (registeredProvider() as Knowing)[settingsKey] ??= settings;
}

/** Whether somebody, such as `startTracing` or an SDK of the user's own, has given the process its provider. */
export function isPlaceTaken(): boolean {
  const provider = trace.getTracerProvider();
  return !(provider instanceof ProxyTracerProvider) || provider.getDelegateTracer('') !== undefined;
}

/**
 * Takes the place of the process's provider with one that records nothing, so that the settings are found. An SDK
 * that registers itself later has the place. Returns how to leave it.
 */
export function holdPlace(settings: Settings): () => void {
  const place = trace.getTracerProvider();
  const nothing = new ProxyTracerProvider();
  if (place instanceof ProxyTracerProvider && !isPlaceTaken()) place.setDelegate(nothing);
  registerSettings(settings);
  return () => {
    if (registeredProvider() === nothing) trace.disable();
  };
}

function registeredProvider(): TracerProvider {
  const provider = trace.getTracerProvider();
  return provider instanceof ProxyTracerProvider ? provider.getDelegate() : provider;
}

/** False: nothing that a user or a model wrote may stand in a message that goes into the trace or the log. */
export function recordsContent(): boolean {
  return settingsOf().content;
}
