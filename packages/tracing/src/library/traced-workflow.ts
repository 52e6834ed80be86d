import { libraryAttribute } from '../names.ts';
import { captureStep } from '../payload.ts';
import { withSpan } from '../span.ts';
import { startOf } from './begin.ts';
import { asJson } from './fields.ts';

/** A workflow of named steps, each in a span `{workflow}.{step}` with its input and output. */
export class TracedWorkflow {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  /**
   * Calls the function with the arguments as the named step. Rejects with what the function throws.
   *
   * @example
   * const report = await new TracedWorkflow('report').executeStep('collect', collect, sources);
   */
  executeStep<Args extends unknown[], Result>(
    step: string,
    fn: (...args: Args) => Result | Promise<Result>,
    ...args: Args
  ): Promise<Result> {
    const attributes = {
      [libraryAttribute.workflowName]: this.name,
      [libraryAttribute.workflowStep]: step,
    };
    return withSpan(startOf({ name: `${this.name}.${step}`, attributes }), async () => {
      const inputs = { args: asJson(args) };
      const result = await fn(...args);
      captureStep(step, { inputs, outputs: { result: asJson(result) } });
      return result;
    });
  }
}
