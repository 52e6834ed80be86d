import type { Attributes } from '@opentelemetry/api';
import { inSpan } from './begin.ts';
import { type ModuleType, moduleAttributes } from './tracer.ts';

/** A function, or a method with its `this`. */
type Callable<This, Args extends unknown[], Result> = (this: This, ...args: Args) => Result;

/**
 * The function in a span: a new one per call, which ends when the function returns, its promise settles, or its async
 * generator (a streamed answer, say) is exhausted or left. Spans created inside are its children.
 *
 * @example
 * const search = traced('search', async (text: string) => index.find(text));
 */
export function traced<This, Args extends unknown[], Result>(
  name: string,
  fn: Callable<This, Args, Result>,
  attributes: Attributes = {},
): Callable<This, Args, Result> {
  return function (this: This, ...args: Args): Result {
    return inSpan({ name, attributes }, () => fn.apply(this, args));
  };
}

/**
 * A function around a module's function, in the form of a standard decorator: `{type}.{operation}` is the span.
 * The operation's default is the function's own name in snake_case.
 *
 * @example
 * const analyze = traceModuleOperation('planner', 'analyze_query')(async (query: string) => plan(query));
 * @example
 * class Planner {
 *   \@traceModuleOperation('planner') // for those who compile: Node runs no decorators
 *   async analyzeQuery(query: string) {}
 * }
 */
export function traceModuleOperation(moduleType: ModuleType, operation?: string) {
  return <This, Args extends unknown[], Result>(
    value: Callable<This, Args, Result>,
    decorated?: ClassMethodDecoratorContext<This, Callable<This, Args, Result>>,
  ): Callable<This, Args, Result> => {
    const name = operation ?? operationName(decorated?.name ?? value.name);
    return traced(`${moduleType}.${name}`, value, moduleAttributes(moduleType, name));
  };
}

function operationName(name: string | symbol): string {
  const text = typeof name === 'symbol' ? (name.description ?? '') : name;
  if (text === '') {
    throw new TypeError('traceModuleOperation: a function without a name needs the operation as an argument');
  }
  return text
    .replace(/^#/, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase();
}
