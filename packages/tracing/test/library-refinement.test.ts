import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { executeWithRefinement, initializeTracing, traceModuleOperation } from '../src/index.ts';
import { collectSpans, type PlainSpan } from '../src/testing.ts';

const collection = collectSpans();
const tracing = initializeTracing({ serviceName: 'test', processors: [collection.processor] }, {});
afterEach(() => collection.clear());
afterAll(() => tracing.shutdown());

/** Below which span each stands, in the order they ended. */
function edges(): string[] {
  const spans = collection.spans();
  const nameOf = (id: string | null) => spans.find(({ spanId }) => spanId === id)?.name ?? '·';
  return spans.map(({ name, parentSpanId }) => `${nameOf(parentSpanId)} → ${name}`);
}

function validations(): [string, object][] {
  return collection
    .spans()
    .filter(({ name }) => name === 'verifier.validate_results')
    .flatMap(({ events }) => events.map(({ name, attributes }): [string, object] => [name, attributes]));
}

function solve(maxIterations: number) {
  return executeWithRefinement({
    query: 'two and two',
    planner: async ({ previous }) =>
      traceModuleOperation('planner', 'create_steps')(() => (previous ? 4 : 5))(),
    executor: async ({ plan }) => plan,
    verifier: async ({ result }) =>
      result === 4 ? { passed: true } : { passed: false, errors: [`${result} is too much`] },
    generator: async ({ result, errors }) => [`It is ${result}`, ...errors].join('; '),
    maxIterations,
  });
}

function root(): PlainSpan | undefined {
  return collection.spans().find(({ name }) => name === 'modular.solve');
}

describe('executeWithRefinement', () => {
  test('plans again with what the verifier found, and shows it all below modular.solve', async () => {
    expect(await solve(3)).toEqual({
      answer: 'It is 4',
      plan: 4,
      result: 4,
      passed: true,
      errors: [],
      iterations: 2,
      trace_id: root()?.traceId,
    });
    expect(edges()).toEqual([
      'planner.analyze_query → planner.create_steps',
      'modular.solve → planner.analyze_query',
      'modular.solve → executor.execute_plan',
      'modular.solve → verifier.validate_results',
      'planner.refine_plan → planner.create_steps',
      'modular.solve → planner.refine_plan',
      'modular.solve → executor.execute_plan',
      'modular.solve → verifier.validate_results',
      'modular.solve → generator.synthesize_response',
      '· → modular.solve',
    ]);
    expect(validations()).toEqual([
      ['validation_started', { iteration: 1 }],
      ['validation_failed', { iteration: 1, errors: ['5 is too much'] }],
      ['validation_started', { iteration: 2 }],
      ['validation_passed', { iteration: 2 }],
    ]);
    expect(root()).toMatchObject({
      attributes: {
        query: 'two and two',
        'modular.max_iterations': 3,
        'modular.iterations': 2,
        'modular.passed': true,
      },
      status: { code: 'OK' },
    });
  });

  test('answers with what there is, and says what was wrong with it, when the rounds are used up', async () => {
    expect(await solve(1)).toMatchObject({
      answer: 'It is 5; 5 is too much',
      passed: false,
      errors: ['5 is too much'],
      iterations: 1,
    });
    expect(root()?.attributes['modular.passed']).toBe(false);
  });

  test('rejects with what a module throws, which its span and modular.solve show', async () => {
    const solving = executeWithRefinement({
      query: 'anything',
      planner: async () => 1,
      executor: async () => {
        throw new RangeError('out of reach');
      },
      verifier: async () => ({ passed: true }),
      generator: async () => '',
    });
    await expect(solving).rejects.toThrow('out of reach');
    expect(collection.spans().map(({ name, status }) => [name, status.code])).toEqual([
      ['planner.analyze_query', 'OK'],
      ['executor.execute_plan', 'ERROR'],
      ['modular.solve', 'ERROR'],
    ]);
  });

  test('refuses a number of rounds that is none', async () => {
    await expect(solve(0)).rejects.toThrow('maxIterations: must be a whole number from 1; it is 0');
  });
});
