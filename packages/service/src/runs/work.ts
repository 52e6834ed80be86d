import { createBudget, createLedger, type Journal, type Run } from '@agento/agent';
import {
  type AgentUsage,
  type RunEventName,
  type RunEvents,
  type RunLimits,
  reviewedModule,
  roleName,
  schemaVersion,
  type Usage,
} from '@agento/contracts';
import {
  attribute,
  type RunEntry,
  recordInput,
  recordOutput,
  referenceOf,
  setContent,
  withRunSpan,
} from '@agento/tracing';
import type { RunInput } from '../module.ts';
import type { Service } from '../service.ts';
import { type Finished, finish } from './finish.ts';
import { inShort } from './in-short.ts';
import { changedBy, filledFrom, replayAttributes } from './replay.ts';
import { requestsIn } from './review.ts';

/** One execution of a module's own work. */
export interface Work {
  runId: string;
  attempt: number;
  /** Which execution of the part it is, from 1. */
  execution: number;
  /** The spans of the executions before it. */
  resumedFrom: { trace_id: string; span_id: string }[];
  input: RunInput;
  entry: RunEntry;
  /** Number of the module that comes next; 0 for none. */
  nextModule: number;
  journal: Journal;
  limits: RunLimits;
  signal: AbortSignal;
  emit<N extends RunEventName>(name: N, data: RunEvents[N]): void;
  /** Called once the run's span has begun; nothing is done before it resolves. */
  onStart(span: { trace_id: string; span_id: string }): Promise<void>;
  write(name: string, text: string): Promise<void>;
  onFileError(error: unknown): void;
}

/** What the work came to. */
export interface Worked extends Finished {
  /** Calls, tokens and cost of all modules so far. */
  usage: AgentUsage[];
}

/** Does the module's own work in `run_module_N`; what comes after it is not part of that. */
export function doWork(service: Service, work: Work): Promise<Worked> {
  const { module, settings, serviceName } = service;
  const { input, runId, attempt, emit } = work;
  const { number, type } = module.info;
  return withRunSpan(
    {
      module: module.info,
      entry: work.entry,
      agentName: roleName(type),
      runId,
      runAttempt: attempt,
      execution: work.execution,
      resumedFrom: work.resumedFrom,
      sessionId: input.session_id,
      nextModule: work.nextModule,
      ...(input.replay && { attributes: replayAttributes(input.replay) }),
    },
    async (span) => {
      if (number === 1) setContent(span, attribute.userGoal, input.goal);
      recordInput(span, input.goal);
      const { stop_after: _, limits: __, openai_trace_id: ___, review: ____, replay, ...given } = input;
      const kept = number > reviewedModule ? given : withoutReview(given);
      const counted: AgentUsage[] = 'usage' in kept && Array.isArray(kept.usage) ? kept.usage : [];
      const earlier = counted.filter((entry) => entry.module < number);
      const ledger = createLedger(number);
      const reference = referenceOf(span);
      await work.onStart(reference);
      const run: Run = {
        id: runId,
        module: module.info,
        signal: work.signal,
        models: service.models,
        maxAttempts: settings.maxAttempts,
        ledger,
        journal: replay ? filledFrom(replay, work.journal) : work.journal,
        ...(replay && { changed: changedBy(replay) }),
        budget: createBudget({
          limits: work.limits,
          earlier,
          ledger,
          settings: service.models.settings,
        }),
        guardrails: settings.guardrails,
        emit,
        count: service.metrics.operation,
      };
      const began = performance.now();
      emit('run.started', { run_id: runId, trace_id: reference.trace_id });
      const { adds, files = [] } = await module.run(input, run);
      recordOutput(span, inShort(adds));
      const used = ledger.entries();
      const trace_metadata = {
        trace_id: reference.trace_id,
        root_span_id: reference.span_id,
        service_name: serviceName,
      };
      const usage = [...earlier, ...used];
      const output = {
        ...kept,
        schema_version: schemaVersion,
        run_id: runId,
        run_attempt: attempt,
        trace_metadata,
        usage,
        ...adds,
      };
      const finished = await finish(module, run, {
        output,
        added: { run_id: runId, trace_metadata, usage: used, ...adds },
        files,
        write: work.write,
        onFileError: work.onFileError,
      });
      const requests = work.nextModule === 0 ? 0 : requestsIn(module, input, output).length;
      if (requests > 0) span.setAttribute(attribute.reviewRequests, requests);
      emit('module.finished', {
        module: number,
        duration_ms: Math.round(performance.now() - began),
        usage: totalOf(used),
      });
      if (requests > 0) emit('run.waiting_for_review', { run_id: runId, module: number, requests, usage });
      return { ...finished, usage };
    },
  );
}

/** What people decided is said after this module, of what it made. */
function withoutReview<T extends object>(given: T): T {
  const { human_review: _, ...kept } = given as T & { human_review?: unknown };
  return kept as unknown as T;
}

function totalOf(usage: Usage[]): Usage {
  const sum = (pick: (entry: Usage) => number | undefined) =>
    usage.reduce((total, entry) => total + (pick(entry) ?? 0), 0);
  const unknown = sum((entry) => entry.calls_without_usage);
  return {
    input_tokens: sum((entry) => entry.input_tokens),
    output_tokens: sum((entry) => entry.output_tokens),
    cost_usd: usage.some((entry) => entry.cost_usd === null) ? null : sum((entry) => entry.cost_usd ?? 0),
    ...(unknown > 0 && { calls_without_usage: unknown }),
  };
}
