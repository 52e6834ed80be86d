import { secretsOfEnvironment, secretsOfUrl } from '@agento/redaction';
import { resourceAttribute } from '../names.ts';
import { enterDestination } from '../sdk/destinations.ts';
import { processWarnings } from '../sdk/process-warnings.ts';
import { isPlaceTaken } from '../settings.ts';
import { startTracing, type Tracing } from '../start-tracing.ts';
import type { TracingConfig } from './config.ts';
import { resolveConfig } from './resolve.ts';
import { type AgentTracer, agentTracer } from './tracer.ts';

let warned = false;

/**
 * Starts tracing for this process. A field that is left out is taken from the environment (AGENTO_…, OTEL_…), then
 * from its default. Spans that have ended are sent when the script comes to its end; call `shutdown` where
 * `process.exit` or a signal ends it.
 *
 * @throws TracingConfigError naming each wrong field or variable and what is allowed
 * @throws Error where OpenTelemetry has been started in this process already
 */
export function initializeTracing(config: TracingConfig = {}, env: NodeJS.ProcessEnv = process.env): Tracing {
  const environment = resolveConfig(config, env);
  if (isPlaceTaken()) {
    throw new Error(
      'OpenTelemetry is running in this process already: use getTracer(), or shut the other down first',
    );
  }
  const { serviceName, tracesUrl, exportDisabled, consoleExport, resourceAttributes } = environment;
  const { processors, log = processWarnings, spoolDirectory = null } = config;
  const tracing = startTracing({
    environment,
    resource: {
      serviceName,
      serviceVersion:
        config.serviceVersion ?? resourceAttributes[resourceAttribute.serviceVersion] ?? 'unknown',
    },
    secrets: [...secretsOfEnvironment(env), ...secretsOfUrl(tracesUrl ?? ''), ...(config.secrets ?? [])],
    spoolDirectory,
    processors,
    log,
  });
  if (environment.enabled && !tracesUrl && !exportDisabled && !consoleExport && !processors) {
    log.warn({}, 'Spans are created but not exported: set otlpEndpoint or OTEL_EXPORTER_OTLP_ENDPOINT');
  }
  const leave = tracing.endpoint ? enterDestination(tracing.endpoint, log) : () => {};
  return {
    ...tracing,
    shutdown(timeoutMs) {
      leave();
      return tracing.shutdown(timeoutMs);
    },
  };
}

/** The process's tracer, also in an SDK of one's own. Before either is started it does nothing, and says so once. */
export function getTracer(): AgentTracer {
  if (!warned && !isPlaceTaken()) {
    warned = true;
    process.emitWarning(
      'Tracing is not initialised, spans go nowhere: call initializeTracing() first, or start an SDK with an AgentoSpanProcessor',
      { code: 'AGENTO_TRACING_NOT_INITIALISED' },
    );
  }
  return agentTracer;
}
