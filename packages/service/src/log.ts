import { traceFields } from '@agento/tracing';
import type { TelemetryLog } from '@agento/tracing/service';
import { type Logger, pino } from 'pino';
import { errorFields } from './bounded.ts';

export type Log = Logger & TelemetryLog;

/** The service's log: JSON lines on stdout, redacted, with the ids of the span they belong to. */
export function createLog(of: {
  level: string;
  serviceName: string;
  /** Removes secrets from a line. */
  redactLine(line: string): string;
}): Log {
  return pino(
    {
      level: of.level,
      base: { service: of.serviceName, pid: process.pid },
      mixin: traceFields,
      serializers: { err: (error) => errorFields(error) },
      hooks: { streamWrite: of.redactLine },
    },
    // pino's own destination retries forever when a pipe's reader is gone; a stream gives up.
    process.stdout,
  );
}
