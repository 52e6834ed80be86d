import { Cancelled, StepError, type StepErrorCode } from '@agento/agent';
import { describe, expect, test } from 'vitest';
import { badInput, OutOfTime, ProblemError, problem, problemOf } from '../src/problem.ts';

const failedStep = {
  step: 'plan_evaluation',
  agent_name: 'PlanEvaluator',
  span_id: 'b'.repeat(16),
  prompt_sha256: 'c',
};
function stepError(code: StepErrorCode): StepError {
  const error = new StepError(code, 'What happened');
  error.failedStep = failedStep;
  return error;
}

describe('An error is answered with a problem', () => {
  test.each<[StepErrorCode, number, string, string]>([
    ['model_unavailable', 502, 'model-failed', 'The model failed'],
    ['model_rejected', 502, 'model-failed', 'The model failed'],
    ['model_refused', 502, 'model-failed', 'The model failed'],
    ['limit_reached', 402, 'limit-reached', 'A limit of the run was reached'],
    ['answer_invalid', 502, 'model-failed', 'The model failed'],
    ['guardrail_blocked', 502, 'guardrail-blocked', 'A guardrail blocked an answer'],
    ['model_timeout', 504, 'out-of-time', 'The model took too long'],
  ])('A step that failed with %s is %i, with its place.', (code, status, kind, title) => {
    expect(problemOf(stepError(code))).toEqual({
      type: `urn:agento:problem:${kind}`,
      title,
      status,
      detail: 'What happened',
      ...failedStep,
    });
  });

  test('A step that failed by a fault of ours is 500, with its place and without what happened.', () => {
    expect(problemOf(stepError('internal'))).toEqual({
      type: 'urn:agento:problem:internal',
      title: 'Internal error',
      status: 500,
      detail: 'The module failed; see the trace and the log for the cause',
      ...failedStep,
    });
  });

  test.each([new TypeError('x is undefined'), 'text', undefined])('%s is 500 and says nothing.', (error) => {
    expect(problemOf(error)).toEqual({
      type: 'urn:agento:problem:internal',
      title: 'Internal error',
      status: 500,
      detail: 'The service failed; see the trace and the log for the cause',
    });
  });

  test('A run out of time is 504, one that was given up 499.', () => {
    expect([problemOf(new OutOfTime('Over')), problemOf(new Cancelled('Left'))]).toMatchObject([
      { status: 504, type: 'urn:agento:problem:out-of-time', detail: 'Over' },
      { status: 499, type: 'urn:agento:problem:cancelled', detail: 'Left' },
    ]);
  });

  test('A problem that is one already stays as it is, and its kind is the code of its error.', () => {
    const given = problem('busy', 503, 'Full', { module: 3 });
    const error = new ProblemError(given);

    expect([problemOf(error), error.code, error.message]).toEqual([given, 'busy', 'Full']);
  });

  test('Bad input names every finding, in a sentence and as data.', () => {
    const errors = [
      { pointer: '/goal', detail: 'goal is required' },
      { pointer: '', detail: 'must be object' },
    ];

    expect(badInput(errors).problem).toEqual({
      type: 'urn:agento:problem:bad-input',
      title: 'Invalid input',
      status: 400,
      detail: '/goal: goal is required; must be object',
      errors,
    });
  });
});
