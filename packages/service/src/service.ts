import type { ModelClient } from '@agento/agent';
import type { RunStore } from '@agento/runs';
import type { Telemetry } from '@agento/tracing/service';
import type { Dispatcher } from 'undici';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { Module } from './module.ts';
import type { SpanBook } from './runs/span-book.ts';
import type { ServiceSettings } from './service-settings.ts';

/** What a service's routes and runs share. */
export interface Service {
  module: Module;
  settings: ServiceSettings;
  models: ModelClient;
  telemetry: Telemetry;
  metrics: Metrics;
  log: Log;
  serviceName: string;
  store: RunStore;
  spans: SpanBook;
  /** Connections to the next module. */
  dispatcher: Dispatcher;
  /** Set once a stop was requested: no new run is accepted. */
  stopping: boolean;
  /** The last failure to write something of a run; null once that has worked again. */
  fileError: string | null;
}
