import { createHash, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { type ModuleInfo, version } from '@agento/contracts';
import type { Attributes } from '@opentelemetry/api';
import { defaultResource, type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import { attribute } from './names.ts';
import type { Settings } from './settings.ts';
import type { TelemetryEnvironment } from './variables.ts';

export interface ResourceOptions {
  serviceName: string;
  /** Default: Agento's. */
  serviceVersion?: string;
  /** The library's own users have namespaces of their own. */
  namespace?: string;
  module?: ModuleInfo;
}

/**
 * What a process says of itself on every span; nothing that tells the host, its owner or the command line.
 * OTEL_RESOURCE_ATTRIBUTES win over that, but for what tells modules apart.
 */
export function createResource(
  of: ResourceOptions,
  { resourceAttributes, deploymentEnvironment }: TelemetryEnvironment,
  { content, redactor }: Settings,
): Resource {
  const attributes: Attributes = {
    'service.version': version,
    'service.instance.id': randomUUID(),
    // Opaque, and the same for all processes of a machine: Jaeger then knows that their clocks are one.
    'host.id': createHash('sha256').update(hostname()).digest('hex').slice(0, 32),
    ...(of.namespace && { 'service.namespace': of.namespace }),
    ...(redactor.value(resourceAttributes).value as Attributes),
    'service.name': of.serviceName,
    'process.pid': process.pid,
    'deployment.environment.name': deploymentEnvironment,
    'deployment.environment': deploymentEnvironment,
  };
  if (of.serviceVersion) attributes['service.version'] = of.serviceVersion;
  if (of.module) {
    attributes['module.number'] = of.module.number;
    attributes['module.type'] = of.module.type;
  }
  if (!content) attributes[attribute.content] = 'off';
  return defaultResource().merge(resourceFromAttributes(attributes));
}
