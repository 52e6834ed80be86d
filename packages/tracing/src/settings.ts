import { AsyncLocalStorage } from 'node:async_hooks';
import { createRedactor, type Redactor } from '@agento/redaction';
import { ProxyTracerProvider, type Span, type TracerProvider, trace } from '@opentelemetry/api';

/** What applies to a span, and to what is written with it. */
export interface Settings {
  /** False: no prompt, answer, goal or reason is recorded. */
  readonly content: boolean;
  /** Payloads over this many bytes are recorded gzipped. */
  readonly compressionThreshold: number;
  readonly redactor: Redactor;
}

/** If no tracing was started, or it was started by another SDK. */
const defaults: Settings = {
  content: true,
  compressionThreshold: 50_000,
  redactor: createRedactor({ secrets: [] }),
};

/** Separate from OpenTelemetry's context: the log must be free of secrets even if tracing is off. */
const ofRun = new AsyncLocalStorage<Settings | null>();

/**
 * Kept on the span or the provider itself: the contents of a WeakMap survive young collections. Shared by all copies of this
 * library in a process: a framework may bring its own.
 */
const settingsKey = Symbol.for('@agento/tracing: settings');
/** Those of the span's run, which it keeps wherever it ends. */
const runKey = Symbol('agento.settings.run');
/** Those of a user's own SDK, which this library cannot know before it makes a span; null: there is none. */
let ofOwnSdk: Settings | null = null;

type Knowing = (Span | TracerProvider) & { [settingsKey]?: Settings; [runKey]?: Settings };

/**
 * The settings of a span: those of its run, of the current run, or of the tracing that started it. Without a span:
 * those of the current run, or of the tracing registered with OpenTelemetry's API.
 */
export function settingsOf(span: Span | undefined = trace.getActiveSpan()): Settings {
  return knownOf(span) ?? (registeredProvider() as Knowing)[settingsKey] ?? ofOwnSdk ?? defaults;
}

/** Those of the span or the current run; null if there is neither. */
export function knownOf(span: Knowing | undefined = trace.getActiveSpan()): Settings | null {
  return span?.[runKey] ?? ofRun.getStore() ?? span?.[settingsKey] ?? null;
}

/** The redactor for a span of the tracing that has these settings: that of its run, if it has one. */
export function redactorOf(span: Knowing, settings: Settings): Redactor {
  return (span[runKey] ?? ofRun.getStore() ?? settings).redactor;
}

/** Whether some tracing has given this span its settings already. */
export function hasSettings(span: Knowing): boolean {
  return span[settingsKey] !== undefined;
}

/** Makes the settings available to a starting span. */
export function giveSettings(span: Span, settings: Settings): void {
  (span as Knowing)[settingsKey] = settings;
  const run = ofRun.getStore();
  if (run) giveRunSettings(span, run);
}

/** Makes them available to a span of the run, wherever it ends. */
export function giveRunSettings(span: Span, settings: Settings): void {
  (span as Knowing)[runKey] = settings;
}

/** From here on, in this asynchronous context, a run's settings apply; null: those that applied before. */
export function enterSettings(settings: Settings | null): void {
  ofRun.enterWith(settings);
}

/** Makes them available without a span, in a user's own SDK, until the next one. */
export function settingsOfOwnSdk(settings: Settings): void {
  ofOwnSdk = settings;
}

/** Whether the process's provider is one that this library has started. */
export function isPlaceOurs(): boolean {
  return (registeredProvider() as Knowing)[settingsKey] !== undefined;
}

/** Makes them available without a span: as those of the process's provider. */
export function registerSettings(settings: Settings): void {
  (registeredProvider() as Knowing)[settingsKey] ??= settings;
}

/**
 * After the end of tracing: they stay where OpenTelemetry's API finds no provider, for what is still written (a crash, the last
 * lines of the log), until another SDK registers one.
 */
export function keepSettings(settings: Settings): void {
  (registeredProvider() as Knowing)[settingsKey] = settings;
}

/** Whether anybody, such as `startTracing` or a user's own SDK, has registered a provider. */
export function isPlaceTaken(): boolean {
  const provider = trace.getTracerProvider();
  return !(provider instanceof ProxyTracerProvider) || provider.getDelegateTracer('') !== undefined;
}

/**
 * Registers a provider that records nothing, so that the settings are found. An SDK that registers later replaces it.
 * Returns a function that unregisters it.
 */
export function holdPlace(settings: Settings): () => void {
  const place = trace.getTracerProvider();
  const nothing = new ProxyTracerProvider();
  if (place instanceof ProxyTracerProvider && !isPlaceTaken()) place.setDelegate(nothing);
  registerSettings(settings);
  return () => {
    if (registeredProvider() !== nothing) return;
    trace.disable();
    keepSettings(settings);
  };
}

function registeredProvider(): TracerProvider {
  const provider = trace.getTracerProvider();
  return provider instanceof ProxyTracerProvider ? provider.getDelegate() : provider;
}

/** False: no text by a user or a model may be in a message for the trace or the log. */
export function recordsContent(): boolean {
  return settingsOf().content;
}
