export type { DeliveryStats } from '@agento/delivery';
export { secretsOfEnvironment, secretsOfUrl, withoutCredentials } from '@agento/redaction';
export {
  type Candidate,
  type Decision,
  marginOf,
  recordComparison,
  recordDecision,
  recordFeedback,
  recordGuardrail,
  recordVerdict,
  round,
  setVerdict,
  type Verdict,
} from './decision.ts';
export {
  type MessageContent,
  type ReceivedMessage,
  recordInputMessages,
  recordOutputMessage,
  recordPrompt,
  recordResponse,
  type SentMessage,
} from './genai.ts';
export { type Part, partsOf } from './genai-parts.ts';
export {
  endAbandoned,
  failIncoming,
  followIncoming,
  incomingInput,
  incomingNotes,
  incomingOutput,
  incomingTraceId,
  linkContinuation,
} from './incoming.ts';
export { endInterrupted } from './interrupted.ts';
export * from './legacy/index.ts';
export * from './library/index.ts';
export { isReference, referenceOf, type SpanLink, type SpanReference } from './lineage.ts';
export { redactLine, redactText, traceFields } from './log-fields.ts';
export { attribute, event, libraryAttribute, libraryEvent } from './names.ts';
export { type OpenInferenceKind, recordInput, recordOutput } from './openinference.ts';
export { addContentEvent, captureStep, setContent, setContentWithEvent } from './payload.ts';
export {
  type Carrier,
  createModuleLink,
  enterRun,
  extractParentContext,
  type RunEntry,
  restoreEntry,
  type StoredEntry,
  storeEntry,
  traceHeaders,
} from './propagation.ts';
export { keepRunSecrets, learnRunSecrets, type RunSecrets } from './run-secrets.ts';
export { withHopSpan, withRunSpan } from './run-span.ts';
export * from './sdk/index.ts';
export { recordsContent } from './settings.ts';
export {
  type Attributes,
  activeSpan,
  errorType,
  failSpan,
  isCancelled,
  type Span,
  withSpan,
} from './span.ts';
export type { SpanNote, SpanObserver } from './span-note.ts';
export type { Tracing } from './start-tracing.ts';
export { readTelemetryEnvironment, telemetryVariables } from './variables.ts';
