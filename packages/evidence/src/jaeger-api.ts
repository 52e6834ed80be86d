import { NotFoundError } from './not-found.ts';
import { jsonOf } from './payload.ts';
import { fieldsIn, textIn } from './reading/loose.ts';

/** Where Jaeger's API is. */
export interface JaegerAddress {
  /** With the base path, where it has one. */
  url: string;
  /** The header of that name, where what stands before it asks for one. */
  authorization?: string;
}

/**
 * The JSON with which Jaeger answers; null where it says that it has nothing like that. `what` begins the message of the
 * NotFoundError it rejects with.
 */
export async function askJaeger(jaeger: JaegerAddress, path: string, what: string): Promise<string | null> {
  const login = jaeger.url.lastIndexOf('@');
  if (login >= 0) {
    throw new NotFoundError(
      `${what}: the address of Jaeger at ${jaeger.url.slice(login + 1)} has a login in it, which is not sent. ` +
        'Name it without, and set AGENTO_JAEGER_AUTHORIZATION to the header that sends it, such as "Basic …".',
    );
  }
  const url = `${jaeger.url.replace(/\/+$/, '')}${path}`;
  const { authorization } = jaeger;
  const answer = await fetch(url, authorization === undefined ? {} : { headers: { authorization } }).catch(
    (error: Error) => {
      throw new NotFoundError(
        `${what}: ${url} is not reachable (${String(error.cause ?? error.message)}). ${advice}`,
      );
    },
  );
  const text = await answer.text().catch((error: Error) => {
    throw new NotFoundError(
      `${what}: the answer of ${url} broke off (${String(error.cause ?? error.message)})`,
    );
  });
  const told = textIn(fieldsIn(fieldsIn(jsonOf(text.slice(0, 10_000))).error), 'message');
  if (answer.status === 404 && told !== null) return null;
  if (answer.status === 401 || answer.status === 403) {
    const how = authorization === undefined ? 'is needed' : 'is not the right one';
    throw new NotFoundError(`${what}: ${url} answered ${answer.status}: AGENTO_JAEGER_AUTHORIZATION ${how}`);
  }
  if (!answer.ok) {
    const why = told === null ? `. ${advice}` : `: ${told}`;
    throw new NotFoundError(`${what}: ${url} answered ${answer.status}${why}`);
  }
  // Jaeger answers with its page to whatever it does not know, as does much else.
  if (!text.trimStart().startsWith('{')) {
    throw new NotFoundError(`${what}: ${url} answered without JSON, which is not Jaeger's API. ${advice}`);
  }
  return text;
}

const advice =
  "Name the address of Jaeger's page, with its base path if it has one, such as http://127.0.0.1:16686.";
