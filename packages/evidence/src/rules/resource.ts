import { chain } from '@agento/contracts';
import { isOwn, moduleOf, type RecordedSpan, textOf } from '../model.ts';
import type { RunTrace } from '../run.ts';
import { type Form, integer, misfit, oneOf, type Rule, text } from './rule.ts';

/** A service's resource is the same on all its spans: it is checked once, on the first of them. */
function firstOfEachService(run: RunTrace, module: number): RecordedSpan[] {
  const spans = run.trace.spans.filter((span) => moduleOf(span) === module);
  return [...new Map(spans.map((span) => [JSON.stringify(span.resource), span])).values()];
}

function forms(number: number, type: string): Record<string, Form> {
  const name = new RegExp(`^.+-Module-${number}$`);
  return {
    'service.name': {
      says: `the prefix and -Module-${number}`,
      fits: (value) => typeof value === 'string' && name.test(value),
    },
    'service.version': {
      says: 'a version',
      fits: (value) => typeof value === 'string' && /^\d+\.\d+\.\d+/.test(value),
    },
    'service.namespace': oneOf('agento'),
    'service.instance.id': text,
    'process.pid': integer,
    'host.id': text,
    'module.number': oneOf(number),
    'module.type': oneOf(type),
    'deployment.environment.name': text,
    'deployment.environment': {
      says: 'the same as deployment.environment.name',
      fits: (value, span) => value === span.resource['deployment.environment.name'],
    },
  };
}

const leaks = /^(host\.name|process\.(owner|command|command_line|command_args))$/;

export const resourceRules: Rule[] = chain.flatMap(({ number, type }) => [
  ...Object.entries(forms(number, type)).map(
    ([key, form]): Rule => ({
      name: `module${number}.resource.${key}`,
      module: number,
      where: 'resource',
      requires: `resource attribute ${key}: ${form.says}`,
      subject: { kind: 'resource', key },
      check: (run) =>
        firstOfEachService(run, number).flatMap((span) => {
          const detail = misfit(`resource attribute ${key}`, span.resource[key], form, span);
          return detail === null ? [] : [{ span, detail }];
        }),
    }),
  ),
  {
    name: `module${number}.resource.no_leak`,
    module: number,
    where: 'resource',
    requires: 'no host name, command line or owner',
    check: (run) =>
      firstOfEachService(run, number).flatMap((span) =>
        Object.keys(span.resource)
          .filter((key) => leaks.test(key))
          .map((key) => ({ span, detail: `resource attribute ${key} reveals the host: remove it` })),
      ),
  },
  {
    name: `module${number}.scope`,
    module: number,
    where: 'every span Agento starts',
    requires: `instrumentation scope agento.module${number} with the service's version`,
    check: (run) =>
      run.trace.spans
        .filter((span) => moduleOf(span) === number && isOwn(span))
        .filter(
          ({ scope, resource }) =>
            scope.name !== `agento.module${number}` || scope.version !== textOf(resource, 'service.version'),
        )
        .map((span) => ({
          span,
          detail: `its scope is ${span.scope.name} ${span.scope.version}: it must be agento.module${number} with the service's version`,
        })),
  },
]);
