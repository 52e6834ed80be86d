import { chain } from '@agento/contracts';
import { isInterrupted, isOwn, moduleOf, numberOf, type RecordedSpan } from '../model.ts';
import { failed, type RunTrace } from '../run.ts';
import type { Rule, Violation } from './rule.ts';

/** A failure is recorded on every span up to the request and the previous module's call. */
export const errorRules: Rule[] = chain.flatMap(({ number: module }): Rule[] => {
  const failures = (run: RunTrace) =>
    run.trace.spans.filter((span) => moduleOf(span) === module && failed(span));
  const rule = (
    name: string,
    where: string,
    requires: string,
    check: (run: RunTrace) => Violation[],
  ): Rule => ({
    name: `module${module}.error.${name}`,
    module,
    where,
    requires,
    check,
  });
  return [
    rule('type', 'every failed span', 'status ERROR comes with error.type', (run) =>
      failures(run)
        .filter((span) => isOwn(span) && typeof span.attributes['error.type'] !== 'string')
        .map((span) => ({ span, detail: 'its status is ERROR and error.type is missing' })),
    ),
    rule(
      'exception',
      'every failed span Agento starts',
      'an exception event, unless it was cancelled or interrupted',
      (run) =>
        failures(run)
          .filter((span) => isOwn(span) && span.attributes['error.type'] !== 'cancelled')
          .filter((span) => !isInterrupted(span))
          .filter((span) => !span.events.some(({ name }) => name === 'exception'))
          .map((span) => ({ span, detail: 'its status is ERROR and no exception is recorded on it' })),
    ),
    rule(
      'reaches_caller',
      'run_module, POST',
      'a failure shows on the SERVER span and on the POST before it, unless that was answered before the run began',
      (run) =>
        run.modules
          .filter(({ number }) => number === module)
          .flatMap(({ root, hop, server }) => {
            // What was interrupted went on elsewhere, or nobody was left to be told.
            const cause = [root, hop].find((span) => span && failed(span) && !isInterrupted(span));
            const caller = server && run.tree.parentOf(server);
            return (isAnsweredAtOnce(server) ? [] : [server, caller])
              .filter(
                (span): span is RecordedSpan => !!span && !!cause && moduleOf(span) !== null && !failed(span),
              )
              .map((span) => ({
                span,
                detail: `${cause?.name} below it has failed: its status must be ERROR too`,
              }));
          }),
    ),
  ];
});

/** 202: whoever asked comes back for the outcome. */
function isAnsweredAtOnce(server: RecordedSpan | null): boolean {
  return server !== null && numberOf(server.attributes, 'http.response.status_code') === 202;
}
