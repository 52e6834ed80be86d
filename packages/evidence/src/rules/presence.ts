import { asksModel, chain } from '@agento/contracts';
import { isFollower } from '../executions.ts';
import { moduleOf, numberOf, type RecordedSpan } from '../model.ts';
import { continuesInOtherTrace, earlier, failed, type ModuleRun, type RunTrace, spansNamed } from '../run.ts';
import type { Rule, Violation } from './rule.ts';
import { missingOf, steps } from './steps.ts';

function presence(module: number): Rule[] {
  const runs = (run: RunTrace) => run.modules.filter(({ number }) => number === module);
  const span = (
    name: string,
    requires: string,
    check: (run: RunTrace) => Violation[],
    where: string = name,
  ): Rule => ({
    name: `module${module}.${name}.span`,
    module,
    where,
    requires,
    subject: { kind: 'span' },
    check,
  });
  return [
    span('run_module', 'run_module_N is there for every module that was called', (run) =>
      lostModules(run, module),
    ),
    span('request', "Fastify's request span is there", (run) =>
      runs(run)
        .filter((ran) => ran.request === null && !continuesFromFile(ran, run))
        .map(({ root }) => ({ span: root, detail: 'it has no request span of this service as an ancestor' })),
    ),
    span(
      'server',
      'the SERVER span POST /run is there',
      (run) =>
        runs(run)
          .filter((ran) => ran.server === null && !continuesFromFile(ran, run))
          .map(({ root }) => ({
            span: root,
            detail: 'no SERVER span POST /run of this service is above it',
          })),
      'POST /run',
    ),
    ...(module === chain.length
      ? []
      : [
          span(
            'hop',
            'the POST to the next module is there where agento.next_module names one',
            (run) =>
              runs(run)
                .filter((ran) => ran.whole && !failed(ran.root) && nextOf(ran) > 0 && ran.hop === null)
                .filter((ran) => run.complete || !waits(ran))
                .map(({ root }) => ({
                  span: root,
                  detail: `agento.next_module is ${numberOf(root.attributes, 'agento.next_module')}, and no POST follows it`,
                })),
            'POST',
          ),
        ]),
    ...steps
      .filter((step) => step.module === module)
      .map((step) =>
        span(step.name, `${step.name} is there for all it is needed for`, (run) =>
          runs(run)
            .filter(({ whole }) => whole)
            .flatMap((ran) =>
              missingOf(step, ran).map((what) => ({
                span: ran.root,
                detail: `no ${step.name} span for ${what}`,
              })),
            ),
        ),
      ),
    ...steps
      .filter((step) => step.module === module && asksModel(step))
      .map(
        (step): Rule => ({
          name: `module${module}.${step.name}.chat`,
          module,
          where: step.name,
          requires: 'a chat span for each model call is below it',
          subject: { kind: 'span' },
          check: (run) =>
            runs(run)
              .flatMap((ran) => spansNamed(ran, step.name))
              .filter((found) => !failed(found))
              .filter((found) => !run.tree.childrenOf(found).some((child) => child.name.startsWith('chat ')))
              .map((found) => ({
                span: found,
                detail: 'no chat span is below it: its model call is not recorded',
              })),
        }),
      ),
  ];
}

/** It calls the next module when a person has decided, and nobody has. */
const waits = ({ root, hop }: ModuleRun) =>
  hop === null && (numberOf(root.attributes, 'agento.review.requests') ?? 0) > 0;

const nextOf = (module: ModuleRun) => numberOf(module.root.attributes, 'agento.next_module') ?? 0;

function continuesFromFile(module: ModuleRun, run: RunTrace): boolean {
  return run.tree.parentOf(module.root)?.name === `run_module_${module.number - 1}`;
}

/** Bad input, or no capacity for a run: there was none. */
function isRefused(server: RecordedSpan): boolean {
  return (numberOf(server.attributes, 'http.response.status_code') ?? 0) >= 400;
}

/** A module that was called but has no run_module_N; any of the chain if a complete run is required. */
function lostModules(run: RunTrace, number: number): Violation[] {
  const name = `run_module_${number}`;
  const callers = run.modules.filter((module) => module.number === number - 1 && nextOf(module) === number);
  const lost = callers
    // A failed call explains why there is no next module.
    .filter((caller) => !failed(caller.root) && !(caller.hop && failed(caller.hop)))
    .filter((caller) => run.complete || !waits(caller))
    .filter((caller) => !run.modules.some((module) => module.previous === caller))
    .map(({ root }) => ({
      span: root,
      detail: `it calls module ${number}, but ${name} of that call is not in the trace`,
    }));
  const servers = run.trace.spans
    .filter(
      (span) =>
        moduleOf(span) === number && span.kind === 'SERVER' && span.name === 'POST /run' && !failed(span),
    )
    .filter((server) => !run.executions.some((module) => module.server === server))
    .filter((server) => !continuesInOtherTrace(server) && !isRefused(server))
    .filter((server) => !isFollower(server, run.tree))
    .map((span) => ({ span, detail: `no ${name} lies below this request` }));
  if (lost.length + servers.length > 0 || run.modules.some((module) => earlier(module, number))) {
    return [...lost, ...servers];
  }
  return run.complete && run.trace.spans.length > 0
    ? [{ detail: `${name} is missing: a complete run has all ${chain.length}` }]
    : [];
}

/** The spans a run must have: the right number of each, in every module it reached. */
export const presenceRules: Rule[] = chain.flatMap(({ number }) => presence(number));
