import { NotFoundError, type Trace, tracesInJaeger } from '@agento/evidence';
import { CommandError, exitCodes } from './exit-codes.ts';

/** The traces of runs in Jaeger. Throws a CommandError: 3 where it cannot be reached. */
export async function* jaegerTraces(...asked: Parameters<typeof tracesInJaeger>): AsyncGenerator<Trace> {
  try {
    yield* tracesInJaeger(...asked);
  } catch (error) {
    if (error instanceof NotFoundError) throw new CommandError(exitCodes.notFound, error.message);
    throw error;
  }
}
