import { createHash, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { type ModuleInfo, version } from '@agento/contracts';
import type { Attributes } from '@opentelemetry/api';
import { defaultResource, type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import { attribute } from './names.ts';
import { settings } from './settings.ts';

/** What a process says of itself on every span; nothing that tells the host, its owner or the command line. */
export function createResource(of: {
  serviceName: string;
  serviceVersion?: string;
  module?: ModuleInfo;
  environment: string;
  content: boolean;
  /** OTEL_RESOURCE_ATTRIBUTES: they win over what a process says of itself, but for what tells modules apart. */
  given: Record<string, string>;
  /** The library's own users have namespaces of their own. */
  namespace?: string;
}): Resource {
  const attributes: Attributes = {
    'service.version': version,
    'service.instance.id': randomUUID(),
    // Opaque, and the same for all processes of a machine: Jaeger then knows that their clocks are one.
    'host.id': createHash('sha256').update(hostname()).digest('hex').slice(0, 32),
    ...(of.namespace && { 'service.namespace': of.namespace }),
    ...(settings.redactor.value(of.given).value as Attributes),
    'service.name': of.serviceName,
    'process.pid': process.pid,
    'deployment.environment.name': of.environment,
    'deployment.environment': of.environment,
  };
  if (of.serviceVersion) attributes['service.version'] = of.serviceVersion;
  if (of.module) {
    attributes['module.number'] = of.module.number;
    attributes['module.type'] = of.module.type;
  }
  if (!of.content) attributes[attribute.content] = 'off';
  return defaultResource().merge(resourceFromAttributes(attributes));
}
