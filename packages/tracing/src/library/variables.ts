import { EnvironmentError, readEnvironment, text } from '@agento/contracts';
import { endpointNames, isDisabled } from '../environment/endpoint.ts';
import { resourceAttribute } from '../names.ts';
import { readCommonEnvironment, type TelemetryEnvironment } from '../variables.ts';

/** The library's own variables, besides those every service has (AGENTO_TRACING_ENABLED, OTEL_…). */
export const libraryVariables = {
  AGENTO_OTLP_ENDPOINT: text('', 'Collector’s address for the library; wins over the OTEL_… ones'),
  AGENTO_SERVICE_NAME: text('', 'service.name where the library’s configuration gives none'),
  OTEL_SERVICE_NAME: text(
    '',
    'The same, in the library; AGENTO_SERVICE_NAME wins, and the services refuse it',
  ),
};

const withAlias = [
  'AGENTO_TRACING_ENABLED',
  'AGENTO_OTLP_ENDPOINT',
  'AGENTO_SERVICE_NAME',
  'AGENTO_TRACE_SAMPLE_RATE',
];

/** What the environment says. */
export interface LibraryEnvironment {
  telemetry: TelemetryEnvironment;
  /** AGENTO_SERVICE_NAME, OTEL_SERVICE_NAME, `service.name` of OTEL_RESOURCE_ATTRIBUTES, or the default. */
  serviceName: string;
  /** AGENTO_OTLP_ENDPOINT, with the name of the variable it came from; null if unset. */
  endpoint: { name: string; value: string } | null;
  /** One of the endpoint variables is `disabled`. */
  exportDisabled: boolean;
}

/**
 * Reads the variables; `AGENTCORE_…` is the fallback for an unset `AGENTO_…`. The OTEL_… endpoints are only checked if
 * they apply: not if the configuration or AGENTO_OTLP_ENDPOINT names a collector. Null if one is invalid: `problems`
 * then names each as given.
 */
export function readLibraryEnvironment(
  given: NodeJS.ProcessEnv,
  hasEndpoint: boolean,
  problems: string[],
): LibraryEnvironment | null {
  const env = { ...given };
  const aliased = withAlias.filter((name) => !given[name]?.trim() && given[aliasOf(name)]?.trim());
  for (const name of aliased) env[name] = given[aliasOf(name)];
  const nameGiven = (name: string) => (aliased.includes(name) ? aliasOf(name) : name);
  const own = readEnvironment(libraryVariables, env);
  const named = [own.AGENTO_OTLP_ENDPOINT, ...endpointNames.map((name) => env[name]?.trim() ?? '')];
  if (hasEndpoint || own.AGENTO_OTLP_ENDPOINT) for (const name of endpointNames) delete env[name];
  try {
    const telemetry = readCommonEnvironment(env);
    return {
      telemetry,
      serviceName:
        own.AGENTO_SERVICE_NAME ||
        own.OTEL_SERVICE_NAME ||
        telemetry.resourceAttributes[resourceAttribute.serviceName] ||
        'agento-agent',
      endpoint: own.AGENTO_OTLP_ENDPOINT
        ? { name: nameGiven('AGENTO_OTLP_ENDPOINT'), value: own.AGENTO_OTLP_ENDPOINT }
        : null,
      exportDisabled: named.some(isDisabled),
    };
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    problems.push(...error.problems.map((problem) => problem.replace(/^\w+/, nameGiven)));
    return null;
  }
}

function aliasOf(name: string): string {
  return name.replace('AGENTO_', 'AGENTCORE_');
}
