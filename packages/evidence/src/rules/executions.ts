import { chain } from '@agento/contracts';
import { isFollower } from '../executions.ts';
import {
  executionOf,
  handedOver,
  isFromJournal,
  isInterrupted,
  isOwn,
  moduleOf,
  type RecordedLink,
  type RecordedSpan,
  textOf,
} from '../model.ts';
import { continuesInOtherTrace, failed, type ModuleRun, type RunTrace } from '../run.ts';
import type { Rule, Violation } from './rule.ts';

/** Runs that went on after a process died: every lost span is ended, and each execution says what it went on from. */
function rulesOf(module: number): Rule[] {
  const executions = (run: RunTrace) => run.executions.filter(({ number }) => number === module);
  const rule = (
    name: string,
    where: string,
    requires: string,
    check: (run: RunTrace) => Violation[],
  ): Rule => ({ name: `module${module}.${name}`, module, where, requires, check });
  return [
    rule(
      'run_module.link.resumed_from',
      'run_module',
      'a link with relationship resumed_from to run_module_N of each earlier execution it can know of, and to nothing else',
      (run) => {
        const all = executions(run);
        return all.flatMap((one) => resumptionProblems(one, all, run));
      },
    ),
    rule('run_module.execution', 'run_module', 'an execution of a module has one run_module_N', (run) =>
      executions(run)
        .filter(({ root }) => root.attributes['agento.run.execution'] !== undefined)
        .filter((one) => executions(run).some((other) => isSame(one, other) && begunBefore(other, one)))
        .map(({ root, execution }) => ({
          span: root,
          detail: `there is another ${root.name} of execution ${execution}`,
        })),
    ),
    rule(
      'run_module.continued',
      'run_module',
      'after an interrupted run_module_N the run goes on in a later one, or not at all',
      (run) =>
        run.modules
          .filter(({ number, root }) => number === module && isInterrupted(root))
          .filter((ended) => run.complete || wentOn(ended, run))
          .map(({ root }) => ({
            span: root,
            detail: `it was interrupted, and no later execution has a ${root.name}`,
          })),
    ),
    rule(
      'server.followed',
      'POST /run',
      'a request that followed a run begins none, and the run it followed is in its attempt',
      (run) =>
        run.trace.spans.filter((span) => isServerOf(span, module)).flatMap((span) => followed(span, run)),
    ),
    rule(
      'chat.link.recorded_by',
      'chat {model}',
      'a call from the journal has a link with relationship recorded_by to the call that was recorded; no other has',
      (run) =>
        run.trace.spans
          .filter((span) => moduleOf(span) === module && span.name.startsWith('chat '))
          .flatMap((span) => journalProblems(span, run).map((detail) => ({ span, detail }))),
    ),
    rule('chat.call_key', 'chat {model}', 'an execution has one answer to each call', (run) =>
      executions(run).flatMap(({ spans }) =>
        [
          ...Map.groupBy(
            spans.filter((span) => !failed(span)),
            (span) => textOf(span.attributes, 'agento.call.key'),
          ),
        ]
          .filter(([key]) => key !== '')
          .flatMap(([key, [, ...again]]) =>
            again.map((span) => ({ span, detail: `${key} is the key of an earlier call, too` })),
          ),
      ),
    ),
  ];
}

const isSame = (one: ModuleRun, other: ModuleRun) => one !== other && one.execution === other.execution;
const begunBefore = (one: ModuleRun, other: ModuleRun) =>
  one.root.start < other.root.start ||
  (one.root.start === other.root.start && one.root.span_id < other.root.span_id);

function linksOf(span: RecordedSpan, relationship: string): RecordedLink[] {
  return span.links.filter(({ attributes }) => attributes.relationship === relationship);
}

/** A source that lost the attributes of links leaves it open which of them this is. */
function leadsTo({ links }: RecordedSpan, target: RecordedSpan, relationship: string): boolean {
  return links.some(
    ({ span_id, attributes, lost }) =>
      span_id === target.span_id && (lost || attributes.relationship === relationship),
  );
}

/** An execution that was taken over may have begun before anybody could know of it. */
function resumptionProblems(one: ModuleRun, all: ModuleRun[], run: RunTrace): Violation[] {
  const { root, execution } = one;
  if (execution === 1 && linksOf(root, 'resumed_from').length === 0) return [];
  const earlier = all.filter((other) => other.execution < execution).map((other) => other.root);
  const lacking = earlier
    .filter((target) => !leadsTo(root, target, 'resumed_from') && handedOver(target) !== 'taken_over')
    .map(
      (target) =>
        `no link with relationship resumed_from to ${target.name} ${target.span_id}, execution ${executionOf(target)}`,
    );
  const wrong = linksOf(root, 'resumed_from')
    .filter(({ span_id }) => !earlier.some((target) => target.span_id === span_id))
    .map(({ span_id }) => {
      const target = run.tree.byId.get(span_id);
      return target
        ? `its link resumed_from leads to ${target.name} ${span_id}: it must lead to an earlier execution's ${root.name}`
        : `its link resumed_from leads to ${span_id}, which is not in the trace`;
    });
  return [...lacking, ...wrong].map((detail) => ({ span: root, detail }));
}

/**
 * Whether anything shows that the run did not end with this execution. A call of the next module that failed does not:
 * what is lost of a run that failed is ended, and not made again.
 */
function wentOn(ended: ModuleRun, run: RunTrace): boolean {
  return (
    (ended.hop !== null && !failed(ended.hop)) ||
    run.trace.spans.some((span) => moduleOf(span) === ended.number && executionOf(span) > ended.execution)
  );
}

function isServerOf(span: RecordedSpan, module: number): boolean {
  return moduleOf(span) === module && span.name === 'POST /run' && span.kind === 'SERVER';
}

function followed(server: RecordedSpan, run: RunTrace): Violation[] {
  if (!isFollower(server, run.tree)) return [];
  const number = moduleOf(server);
  const begun = run.executions.find((module) => module.server === server);
  if (begun) return [{ span: server, detail: `it followed a run, and ${begun.root.name} lies below it` }];
  // Answered from what is left of a run in another trace, or from a failure before it began.
  const isAlone = run.executions.length === 0 || failed(server) || continuesInOtherTrace(server);
  return isAlone || run.executions.some((module) => module.number === number)
    ? []
    : [{ span: server, detail: `it followed a run, and no run_module_${number} is in its attempt` }];
}

function journalProblems(span: RecordedSpan, run: RunTrace): string[] {
  const links = linksOf(span, 'recorded_by');
  if (!isFromJournal(span)) {
    return links.length > 0 ? ['it has a link recorded_by, and agento.journal is not true'] : [];
  }
  if (links.length === 0 && !span.links.some(({ lost }) => lost)) {
    return ['it comes from the journal, and has no link recorded_by to the call that was recorded'];
  }
  return links.flatMap(({ trace_id, span_id }) => {
    if (trace_id !== run.trace.trace_id) return [];
    const target = run.tree.byId.get(span_id);
    if (!target) return [`its link recorded_by leads to ${span_id}, which is not in the trace`];
    const [own, other] = [span, target].map(({ attributes }) => attributes['agento.call.key']);
    if (target.name.startsWith('chat ') && (other === undefined || other === own)) return [];
    return [`its link recorded_by leads to ${target.name} ${span_id}, which is not the call ${String(own)}`];
  });
}

const general: Rule[] = [
  {
    name: 'trace.execution',
    module: null,
    where: 'run_module, and the spans below it',
    requires: 'agento.run.execution is a whole number from 1, the same on all of an execution or on none',
    check: (run) =>
      run.executions.flatMap(({ root, spans }) => {
        const wanted = root.attributes['agento.run.execution'];
        if (wanted !== undefined && wanted !== executionOf(root)) {
          return [{ span: root, detail: 'agento.run.execution must be a whole number from 1' }];
        }
        return spans
          .filter((span) => isOwn(span) && span.attributes['agento.run.execution'] !== wanted)
          .map((span) => ({
            span,
            detail: `agento.run.execution is not ${String(wanted)}, that of ${root.name} above it`,
          }));
      }),
  },
  {
    name: 'trace.interrupted',
    module: null,
    where: 'every span',
    requires:
      'agento.interrupted comes with error.type suspended or taken_over, or with interrupted and status ERROR',
    check: ({ trace }) =>
      trace.spans
        .filter(isInterrupted)
        .filter((span) => handedOver(span) === null)
        .filter(
          ({ status, attributes }) =>
            textOf(attributes, 'error.type') !== 'interrupted' || status.code !== 'ERROR',
        )
        .map((span) => ({
          span,
          detail:
            'it was interrupted: its error.type must be suspended or taken_over, or interrupted with status ERROR',
        })),
  },
];

export const executionRules: Rule[] = [...general, ...chain.flatMap(({ number }) => rulesOf(number))];
