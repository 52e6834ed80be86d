import type { ModelClient } from '@agento/agent';
import type { Telemetry } from '@agento/tracing';
import type { Metrics } from './metrics.ts';
import type { Module } from './module.ts';
import type { ServiceSettings } from './service-settings.ts';

/** What a service's routes share. */
export interface Service {
  module: Module;
  settings: ServiceSettings;
  models: ModelClient;
  telemetry: Telemetry;
  metrics: Metrics;
  serviceName: string;
  /** Active runs by run id and the attempt passed on (`{id}/2`, `{id}/`), each with its cancellation. */
  runs: Map<string, AbortController>;
  /** Set once a stop was requested: no new run is accepted. */
  stopping: boolean;
  /** The last failure to write a run's files; null once a write has worked again. */
  fileError: string | null;
}
