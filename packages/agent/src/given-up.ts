import type { GivenUp, ProducedBy } from '@agento/contracts';
import { StepError } from './errors.ts';

/** A step that gave nothing usable, and where it was tried. */
export interface Lost extends GivenUp {
  produced_by: ProducedBy;
}

/**
 * One bad answer does not lose seventy good ones: where a model's answer stayed unusable after its repair, or the model
 * declined, the run goes on with what `otherwise` puts in its place. The step's span has failed and says why. An
 * endpoint that is down, or a fault of ours, is thrown on.
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
