import { createHash, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { type ModuleInfo, version } from '@agento/contracts';
import type { Attributes } from '@opentelemetry/api';
import { defaultResource, type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import { attribute, resourceAttribute } from './names.ts';
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
    [resourceAttribute.serviceVersion]: version,
    [resourceAttribute.serviceInstanceId]: randomUUID(),
    // Opaque, and the same for all processes of a machine: Jaeger then knows that their clocks are one.
    [resourceAttribute.hostId]: createHash('sha256').update(hostname()).digest('hex').slice(0, 32),
    ...(of.namespace && { [resourceAttribute.serviceNamespace]: of.namespace }),
    ...(settings.redactor.value(of.given).value as Attributes),
    [resourceAttribute.serviceName]: of.serviceName,
    [resourceAttribute.processId]: process.pid,
    [resourceAttribute.environmentName]: of.environment,
    [resourceAttribute.environment]: of.environment,
  };
  if (of.serviceVersion) attributes[resourceAttribute.serviceVersion] = of.serviceVersion;
  if (of.module) {
    attributes[resourceAttribute.moduleNumber] = of.module.number;
    attributes[resourceAttribute.moduleType] = of.module.type;
  }
  if (!of.content) attributes[attribute.content] = 'off';
  return defaultResource().merge(resourceFromAttributes(attributes));
}
