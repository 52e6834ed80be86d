import { isUtf8 } from 'node:buffer';
import { MIMEType, promisify } from 'node:util';
import zlib from 'node:zlib';
import { type JsonLeft, tooMuchIn } from '@agento/contracts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { badInput, ProblemError, problem } from './problem.ts';

const gunzip = promisify(zlib.gunzip);
/**
 * Limits of nesting (a run's own inputs have eight levels), of values, and of a string as written: each can cost many
 * times the body's size. A context of 256 KiB of nothing but quotes or line breaks reaches the string limit.
 */
const most: Readonly<JsonLeft> = { depth: 100, values: 200_000, string: 524_288 };

/** Bodies are JSON in UTF-8 (RFC 8259, section 8.1), as they are or gzipped, with or without a byte order mark. */
export function registerBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (request: FastifyRequest, body: Buffer) => {
      refuseCharset(request.headers['content-type'] ?? '');
      const text = decode(await unpack(request, body));
      refuseExcess(text);
      return new Promise((resolve, reject) => {
        void parseJson(request, text, (error, value) => (error ? reject(error) : resolve(value)));
      });
    },
  );
}

function refuseCharset(type: string): void {
  let charset: string | null;
  try {
    charset = new MIMEType(type).params.get('charset');
  } catch {
    throw unsupported('Send the input with content-type: application/json');
  }
  if (charset === null || /^utf-?8$/i.test(charset)) return;
  throw unsupported(`Send the input in UTF-8: the charset ${charset.slice(0, 40)} is not supported`);
}

async function unpack(request: FastifyRequest, body: Buffer): Promise<Buffer> {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity') return body;
  if (encoding !== 'gzip' && encoding !== 'x-gzip') {
    throw unsupported(
      `Send the input uncompressed or with content-encoding: gzip; ${encoding.slice(0, 40)} is not supported`,
    );
  }
  try {
    return await gunzip(body, { maxOutputLength: request.routeOptions.bodyLimit });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new ProblemError(
        problem('too-large', 413, 'The body unpacks to more than the limit of this module'),
      );
    }
    throw badInput([{ pointer: '', detail: 'The body is not gzip, although content-encoding says so' }]);
  }
}

function decode(body: Buffer): string {
  if (!isUtf8(body)) throw badInput([{ pointer: '', detail: 'The body is not valid UTF-8' }]);
  return body.toString('utf8').replace(/^\ufeff/, '');
}

function refuseExcess(text: string): void {
  const excess = tooMuchIn(text, { ...most });
  if (excess === null) return;
  const details = {
    depth: `is nested deeper than ${most.depth} levels`,
    values: `has more than ${most.values} values`,
    string: `has a string of more than ${most.string} characters`,
  };
  throw badInput([{ pointer: '', detail: `The body ${details[excess]}` }]);
}

function unsupported(detail: string): ProblemError {
  return new ProblemError(problem('unsupported-media-type', 415, detail));
}
