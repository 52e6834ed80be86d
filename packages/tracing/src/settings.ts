import type { Redactor } from '@agento/redaction';
import { createRedactor } from '@agento/redaction';

/** What applies to every span of the process; set once by startTelemetry, with safe defaults before it. */
export interface Settings {
  /** False: no prompt, answer, goal or reason is recorded. */
  content: boolean;
  /** Payloads over this many bytes are recorded gzipped. */
  compressionThreshold: number;
  redactor: Redactor;
}

export const settings: Settings = {
  content: true,
  compressionThreshold: 50_000,
  redactor: createRedactor({ secrets: [] }),
};

/** False: nothing that a user or a model wrote may stand in a message that goes into the trace or the log. */
export function recordsContent(): boolean {
  return settings.content;
}
