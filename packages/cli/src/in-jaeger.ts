import { readEnvironment, serviceVariables } from '@agento/contracts';
import { type JaegerAddress, NotFoundError } from '@agento/evidence';
import { CommandError, exitCodes } from './exit-codes.ts';

/** Jaeger at this address, with the header that AGENTO_JAEGER_AUTHORIZATION names. */
export function jaegerAt(url: string, env: NodeJS.ProcessEnv): JaegerAddress {
  const { AGENTO_JAEGER_AUTHORIZATION } = serviceVariables;
  const { AGENTO_JAEGER_AUTHORIZATION: authorization } = readEnvironment(
    { AGENTO_JAEGER_AUTHORIZATION },
    env,
  );
  return authorization === '' ? { url } : { url, authorization };
}

/** What is found in Jaeger. Throws a CommandError: 3 where it cannot be reached. */
export async function* orNotFound<T>(found: AsyncGenerator<T>): AsyncGenerator<T> {
  try {
    yield* found;
  } catch (error) {
    if (error instanceof NotFoundError) throw new CommandError(exitCodes.notFound, error.message);
    throw error;
  }
}
