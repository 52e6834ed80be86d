export {
  RedactingProcessor,
  type RedactingProcessorOptions,
  redactAttributes,
} from './redacting-processor.ts';
export { SecretFreePropagator } from './secret-free-propagator.ts';
export { addReadEvent, noteRedactions, setRead } from './span-notes.ts';
