import { wholeNumber } from '@agento/contracts';
import type { DeliveryLog } from '@agento/delivery';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';

/** How tracing is set up. All fields are optional; `initializeTracing` documents the defaults. */
export interface TracingConfig {
  /** False: no spans are created. Default true. */
  enabled?: boolean;
  /** `service.name` of every span. Default `agento-agent`. */
  serviceName?: string;
  /** The collector's address, with or without /v1/traces; `disabled`: no export. Default null: the environment's. */
  otlpEndpoint?: string | null;
  /** Print every span on the console, for debugging. Default false. */
  consoleExport?: boolean;
  /** Share of traces recorded, 0 to 1, decided at the start of a trace. Default 1. */
  sampleRate?: number;
  /** False: each span is sent on its own as soon as it ends. Default true. */
  batchExport?: boolean;
  /** Most spans in one request. Default 512. */
  maxExportBatchSize?: number;
  /** Time limit of one request, in milliseconds. Default 30,000. */
  exportTimeoutMs?: number;
  /** `service.version` of every span. Default `unknown`. */
  serviceVersion?: string;
  /** Secrets the process has loaded, removed wherever they appear. Default none; patterns and keys always apply. */
  secrets?: string[];
  /** Folder where spans wait while the collector is down, across restarts. Default null: in memory, bounded. */
  spoolDirectory?: string | null;
  /** Further span processors; they see redacted spans. Default none. */
  processors?: SpanProcessor[];
  /** Where tracing logs what happens to it. Default: process warnings. */
  log?: DeliveryLog;
}

/** One or more invalid fields or variables; `message` names each with what is allowed. */
export class TracingConfigError extends Error {
  override name = 'TracingConfigError';
  readonly problems: string[];
  constructor(problems: string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

interface Check {
  allowed: string;
  good(value: unknown): boolean;
}

const flag: Check = { allowed: 'true or false', good: (value) => typeof value === 'boolean' };
const text: Check = {
  allowed: 'a text that is not blank',
  good: (value) => typeof value === 'string' && value.trim() !== '',
};

function list(of: string, good: (entry: unknown) => boolean): Check {
  return { allowed: `a list of ${of}`, good: (value) => Array.isArray(value) && value.every(good) };
}

function integer(least: number, most: number): Check {
  const { allowed, includes } = wholeNumber(least, most);
  return { allowed, good: includes };
}

function orNull({ allowed, good }: Check): Check {
  return { allowed: `${allowed}, or null`, good: (value) => value === null || good(value) };
}

const checks: { [field in keyof Required<TracingConfig>]: Check } = {
  enabled: flag,
  serviceName: text,
  otlpEndpoint: orNull({ ...text, allowed: 'an http:// or https:// URL, disabled' }),
  consoleExport: flag,
  sampleRate: {
    allowed: 'a number from 0 to 1',
    good: (value) => typeof value === 'number' && value >= 0 && value <= 1,
  },
  batchExport: flag,
  maxExportBatchSize: integer(1, 100_000),
  exportTimeoutMs: integer(1, 600_000),
  serviceVersion: text,
  secrets: list('texts', (entry) => typeof entry === 'string'),
  spoolDirectory: orNull({ ...text, allowed: 'a folder' }),
  processors: list('span processors', (entry) => typeof entry === 'object' && entry !== null),
  log: {
    allowed: 'an object with warn and info',
    good: (value) => typeof value === 'object' && value !== null && 'warn' in value && 'info' in value,
  },
};

/** What is wrong with a configuration, one line per field; an `undefined` field counts as omitted. */
export function configProblems(config: TracingConfig): string[] {
  return Object.entries(config).flatMap(([field, value]) => {
    if (!Object.hasOwn(checks, field)) {
      return [`${field}: no such field; the fields are ${Object.keys(checks).join(', ')}`];
    }
    const { allowed, good } = checks[field as keyof TracingConfig];
    if (value === undefined || good(value)) return [];
    return [`${field}: must be ${allowed}; it is ${shown(field, value)}`];
  });
}

/** The value, for a message that may be logged. */
function shown(field: string, value: unknown): string {
  if (field === 'secrets' || typeof value === 'object') return Array.isArray(value) ? 'a list' : typeof value;
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
