import { createHash, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { type ModuleInfo, version } from '@agento/contracts';
import type { Attributes } from '@opentelemetry/api';
import { defaultResource, type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import { attribute } from './names.ts';

/** What a process says of itself on every span; nothing that tells the host, its owner or the command line. */
export function createResource(of: {
  serviceName: string;
  serviceVersion?: string;
  module?: ModuleInfo;
  environment: string;
  content: boolean;
  /** The library's own users have namespaces of their own. */
  namespace?: string;
}): Resource {
  const attributes: Attributes = {
    'service.name': of.serviceName,
    'service.version': of.serviceVersion ?? version,
    'service.instance.id': randomUUID(),
    'process.pid': process.pid,
    // Opaque, and the same for all processes of a machine: Jaeger then knows that their clocks are one.
    'host.id': createHash('sha256').update(hostname()).digest('hex').slice(0, 32),
    'deployment.environment.name': of.environment,
    'deployment.environment': of.environment,
  };
  if (of.namespace) attributes['service.namespace'] = of.namespace;
  if (of.module) {
    attributes['module.number'] = of.module.number;
    attributes['module.type'] = of.module.type;
  }
  if (!of.content) attributes[attribute.content] = 'off';
  return defaultResource().merge(resourceFromAttributes(attributes));
}
