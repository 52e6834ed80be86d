import type { GivenUp, ProducedBy } from '@agento/contracts';
import { StepError } from './errors.ts';

/** A step without a usable result, and where it was attempted. */
export interface Lost extends GivenUp {
  produced_by: ProducedBy;
}

/**
 * One bad answer must not cost seventy good ones: if a model's answer remained unusable after its repair, or the model
 * declined, the run continues with what `otherwise` provides instead. The step's span has failed and says why. Any
 * other error, such as an endpoint that is down, is rethrown.
 */
export async function orElse<T>(asked: Promise<T>, otherwise: (lost: Lost) => T): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof StepError) || !error.failedStep || !error.askedBy) throw error;
    if (error.code !== 'answer_invalid' && error.code !== 'model_refused') throw error;
    const { step, agent_name } = error.failedStep;
    return otherwise({ step, agent_name, reason: error.message, produced_by: error.askedBy });
  }
}
