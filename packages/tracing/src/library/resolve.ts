import { urlBelow } from '@agento/contracts';
import { endpointProblem, isDisabled, shownEndpoint } from '../environment/endpoint.ts';
import type { TelemetryEnvironment } from '../variables.ts';
import { configProblems, type TracingConfig, TracingConfigError } from './config.ts';
import { readLibraryEnvironment } from './variables.ts';

/** What applies: the configuration's fields, then the environment's, then the defaults. */
export interface ResolvedConfig extends TelemetryEnvironment {
  serviceName: string;
  /** Whether sending no spans was requested: by `disabled`, or by the exporter `none`. */
  exportDisabled: boolean;
}

/**
 * Checks the configuration and the environment together. A field in code wins over its variable, but switching off
 * always wins: `enabled: false` and `disabled` apply wherever they are set.
 *
 * @throws TracingConfigError naming each invalid field and variable
 */
export function resolveConfig(config: TracingConfig, env: NodeJS.ProcessEnv): ResolvedConfig {
  const problems = configProblems(config);
  const environment = readLibraryEnvironment(env, typeof config.otlpEndpoint === 'string', problems);
  const own =
    typeof config.otlpEndpoint === 'string'
      ? { name: 'otlpEndpoint', value: config.otlpEndpoint.trim() }
      : environment?.endpoint;
  const disabled = isDisabled(own?.value ?? '') || (environment?.exportDisabled ?? false);
  const wrong = own && own.value !== '' && !disabled ? endpointProblem(own.value) : null;
  if (own && wrong) problems.push(`${own.name}: ${wrong}; it is ${JSON.stringify(shownEndpoint(own.value))}`);
  if (!environment || problems.length > 0) throw new TracingConfigError(problems);

  const { telemetry } = environment;
  const exportDisabled = disabled || !telemetry.OTEL_TRACES_EXPORTER.otlp;
  const batched = config.batchExport ?? true;
  return {
    ...telemetry,
    enabled: (config.enabled ?? true) && telemetry.enabled,
    serviceName: config.serviceName ?? environment.serviceName,
    tracesUrl: exportDisabled ? null : own ? tracesUrlOf(own.value) : telemetry.tracesUrl,
    exportDisabled,
    consoleExport: config.consoleExport ?? telemetry.consoleExport,
    sampler:
      config.sampleRate === undefined || telemetry.OTEL_TRACES_SAMPLER?.endsWith('always_off')
        ? telemetry.sampler
        : { name: 'parentbased_traceidratio', ratio: config.sampleRate },
    OTEL_BSP_MAX_EXPORT_BATCH_SIZE: batched
      ? (config.maxExportBatchSize ?? telemetry.OTEL_BSP_MAX_EXPORT_BATCH_SIZE)
      : 1,
    OTEL_BSP_SCHEDULE_DELAY: batched ? telemetry.OTEL_BSP_SCHEDULE_DELAY : 0,
    exportTimeoutMs: config.exportTimeoutMs ?? telemetry.exportTimeoutMs ?? 30_000,
  };
}

function tracesUrlOf(endpoint: string): string {
  const { pathname } = new URL(endpoint);
  return /\/v1\/traces\/*$/.test(pathname) ? endpoint : urlBelow(endpoint, '/v1/traces');
}
