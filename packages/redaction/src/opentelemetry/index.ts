export {
  RedactingProcessor,
  type RedactingProcessorOptions,
  redactAttributes,
} from './redacting-processor.ts';
export { SecretFreePropagator } from './secret-free-propagator.ts';
export { addRedactedEvent, noteRedactions, setRedactedAttribute } from './span-notes.ts';
