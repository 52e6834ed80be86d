import { chain } from '@agento/contracts';
import { isInterrupted, moduleOf, numberOf } from '../model.ts';
import type { Rule } from './rule.ts';

/** One trace across the modules: each is linked to the previous one and has a hop. */
export const propagationRules: Rule[] = chain.flatMap(({ number }): Rule[] => {
  const before = number - 1;
  const joined: Rule[] = [
    {
      name: `module${number}.run_module.link.predecessor`,
      module: number,
      where: 'run_module',
      requires: `a link to run_module_${before} {source: agento-module-${before}, relationship: predecessor}`,
      subject: { kind: 'link', relationship: 'predecessor' },
      check: (run) =>
        run.executions
          .filter((module) => module.number === number && module.previous !== null)
          .filter(
            ({ root, previous }) =>
              !root.links.some(
                ({ span_id, attributes, lost }) =>
                  run.standIn(span_id) === previous?.root.span_id &&
                  attributes.relationship === 'predecessor' &&
                  (lost || attributes.source === `agento-module-${before}`),
              ),
          )
          .map(({ root }) => ({
            span: root,
            detail: `no link to run_module_${before} with source agento-module-${before} and relationship predecessor`,
          })),
    },
    {
      name: `module${number}.run_module.order`,
      module: number,
      where: 'run_module',
      requires: 'it follows the module just before it',
      check: (run) =>
        run.modules
          .filter((module) => module.number === number && module.previous !== null)
          .filter(({ previous }) => previous?.number !== before)
          .map(({ root, previous }) => ({
            span: root,
            detail: `it follows module ${previous?.number}, not ${before}`,
          })),
    },
  ];
  return [
    ...(before > 0 ? joined : []),
    {
      name: `module${number}.run_module.link.openai`,
      module: number,
      where: 'run_module',
      requires: 'a link of source openai-agents-sdk is on module 1 only and has no relationship',
      check: (run) =>
        run.modules
          .filter((module) => module.number === number)
          .filter(({ root }) =>
            root.links.some(
              ({ attributes }) =>
                attributes.source === 'openai-agents-sdk' &&
                (number > 1 || attributes.relationship !== undefined),
            ),
          )
          .map(({ root }) => ({
            span: root,
            detail: 'its link to the OpenAI Agents SDK does not belong here',
          })),
    },
  ];
});

/** A reader can verify that the trace is complete: each module states how many spans it created. */
export const completenessRules: Rule[] = chain.map(({ number }) => ({
  name: `module${number}.run_module.agento.span_count`,
  module: number,
  where: 'run_module',
  requires:
    'attribute agento.span_count: how many spans lie below run_module_N in its service, and all of them are here',
  subject: { kind: 'attribute', key: 'agento.span_count' },
  check: (run) =>
    run.modules
      .filter((module) => module.number === number && !isInterrupted(module.root))
      .flatMap(({ root, spans }) => {
        const count = numberOf(root.attributes, 'agento.span_count');
        if (count === null) return [{ span: root, detail: 'agento.span_count is missing' }];
        return count === spans.length
          ? []
          : [
              {
                span: root,
                detail: `agento.span_count is ${count}, and ${spans.length} spans of module ${moduleOf(root)} are below it`,
              },
            ];
      }),
}));
