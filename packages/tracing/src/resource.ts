import { createHash, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { version } from '@agento/contracts';
import type { Attributes } from '@opentelemetry/api';
import { defaultResource, type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import { attribute, resourceAttribute } from './names.ts';
import type { Settings } from './settings.ts';
import type { TelemetryEnvironment } from './variables.ts';

/** What tracing has to know of a module; `ModuleInfo` of the contracts is one. */
export interface TracedModule {
  /** From 1. */
  number: number;
  /** `module.type` */
  type: string;
}

export interface ResourceOptions {
  serviceName: string;
  /** Default: Agento's. */
  serviceVersion?: string;
  /** The library's users have namespaces of their own. */
  namespace?: string;
  /** `service.instance.id`; default: one of its own. */
  instanceId?: string;
  module?: TracedModule;
}

/**
 * What a process says about itself on every span; nothing that reveals the host, its owner or the command line.
 * OTEL_RESOURCE_ATTRIBUTES override it, except what distinguishes modules.
 */
export function createResource(
  of: ResourceOptions,
  { resourceAttributes, deploymentEnvironment }: TelemetryEnvironment,
  { content, redactor }: Pick<Settings, 'content' | 'redactor'>,
): Resource {
  const attributes: Attributes = {
    [resourceAttribute.serviceVersion]: version,
    [resourceAttribute.serviceInstanceId]: of.instanceId ?? randomUUID(),
    // Opaque, and the same for all processes of a machine: Jaeger then knows that they share a clock.
    [resourceAttribute.hostId]: createHash('sha256').update(hostname()).digest('hex').slice(0, 32),
    ...(of.namespace && { [resourceAttribute.serviceNamespace]: of.namespace }),
    ...(redactor.value(resourceAttributes).value as Attributes),
    [resourceAttribute.serviceName]: of.serviceName,
    [resourceAttribute.processId]: process.pid,
    [resourceAttribute.environmentName]: deploymentEnvironment,
    [resourceAttribute.environment]: deploymentEnvironment,
  };
  if (of.serviceVersion) attributes[resourceAttribute.serviceVersion] = of.serviceVersion;
  if (of.module) {
    attributes[resourceAttribute.moduleNumber] = of.module.number;
    attributes[resourceAttribute.moduleType] = of.module.type;
  }
  if (!content) attributes[attribute.content] = 'off';
  return defaultResource().merge(resourceFromAttributes(attributes));
}
