import type { Span } from '@opentelemetry/api';
import { referenceOf } from '../lineage.ts';
import { libraryAttribute, libraryEvent } from '../names.ts';
import { setContent } from '../payload.ts';
import { settingsOf } from '../settings.ts';
import { withSpan } from '../span.ts';
import { startOf } from './begin.ts';
import { agentTracer, type ModuleType, moduleAttributes } from './tracer.ts';

/** The verifier's result; `errors` says what the next round must improve. */
export interface Validation {
  passed: boolean;
  errors?: string[];
}

/** The last round, for the planner to improve on. */
export interface PreviousRound<Plan, Result> {
  plan: Plan;
  result: Result;
  errors: string[];
}

export interface Refinement<Plan, Result, Answer> {
  query: string;
  planner(input: { query: string; previous: PreviousRound<Plan, Result> | null }): Promise<Plan>;
  executor(input: { query: string; plan: Plan }): Promise<Result>;
  verifier(input: { query: string; plan: Plan; result: Result }): Promise<Validation>;
  generator(input: { query: string; plan: Plan; result: Result; errors: string[] }): Promise<Answer>;
  /** Most rounds of planning, executing and verifying. Default 3. */
  maxIterations?: number;
}

export interface Refined<Plan, Result, Answer> {
  answer: Answer;
  plan: Plan;
  result: Result;
  /** Whether the verifier accepted the last result; if not, `errors` says why. */
  passed: boolean;
  errors: string[];
  iterations: number;
  /** Where to look it up; all zero while tracing is off. */
  trace_id: string;
}

/**
 * Plans, executes and verifies until the verifier accepts the result or the rounds are used up, then has the answer
 * written. All of it is one `modular.solve` span with `planner.analyze_query` (`planner.refine_plan` in later rounds),
 * `executor.execute_plan`, `verifier.validate_results` and `generator.synthesize_response` below it. Spans created by
 * the four functions are children of theirs. Rejects with what one of them throws.
 */
export async function executeWithRefinement<Plan, Result, Answer>(
  refinement: Refinement<Plan, Result, Answer>,
): Promise<Refined<Plan, Result, Answer>> {
  const { query, planner, executor, verifier, generator, maxIterations = 3 } = refinement;
  if (!Number.isInteger(maxIterations) || maxIterations < 1) {
    throw new RangeError(`maxIterations: must be a whole number from 1; it is ${maxIterations}`);
  }
  const attributes = { [libraryAttribute.maxIterations]: maxIterations };
  return withSpan(startOf({ name: 'modular.solve', attributes }), async (span) => {
    setContent(span, libraryAttribute.query, query);
    let previous: PreviousRound<Plan, Result> | null = null;
    for (let iteration = 1; ; iteration++) {
      const plan: Plan = await inModule('planner', previous ? 'refine_plan' : 'analyze_query', () =>
        planner({ query, previous }),
      );
      const result = await inModule('executor', 'execute_plan', () => executor({ query, plan }));
      const { passed, errors } = await inModule('verifier', 'validate_results', (verifying) =>
        verify(verifying, iteration, () => verifier({ query, plan, result })),
      );
      if (!passed && iteration < maxIterations) {
        previous = { plan, result, errors };
        continue;
      }
      span.setAttributes({ [libraryAttribute.iterations]: iteration, [libraryAttribute.passed]: passed });
      const answer = await inModule('generator', 'synthesize_response', () =>
        generator({ query, plan, result, errors }),
      );
      agentTracer.setSpanSuccess(span);
      return {
        answer,
        plan,
        result,
        passed,
        errors,
        iterations: iteration,
        trace_id: referenceOf(span).trace_id,
      };
    }
  });
}

function inModule<T>(type: ModuleType, operation: string, work: (span: Span) => Promise<T>): Promise<T> {
  const start = startOf({ name: `${type}.${operation}`, attributes: moduleAttributes(type, operation) });
  return withSpan(start, async (span) => {
    const result = await work(span);
    agentTracer.setSpanSuccess(span);
    return result;
  });
}

async function verify(
  span: Span,
  iteration: number,
  work: () => Promise<Validation>,
): Promise<Required<Validation>> {
  agentTracer.addEvent(span, libraryEvent.validationStarted, { iteration });
  const { passed, errors = [] } = await work();
  if (passed) agentTracer.addEvent(span, libraryEvent.validationPassed, { iteration });
  else {
    const texts = settingsOf(span).content ? { errors } : {};
    agentTracer.addEvent(span, libraryEvent.validationFailed, { iteration, ...texts });
  }
  return { passed, errors };
}
