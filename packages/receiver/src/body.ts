import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { limits, Refusal } from './limits.ts';

const gunzip = promisify(zlib.gunzip);
const chunkSize = 256 * 1024;

/** The body without its content encoding; throws a Refusal for an unknown one or one that unpacks too large. */
export async function unpack(body: Buffer, contentEncoding = 'identity'): Promise<Buffer> {
  const encoding = contentEncoding.split(';', 1)[0]?.trim().toLowerCase();
  if (encoding === '' || encoding === 'identity') return body;
  if (encoding !== 'gzip' && encoding !== 'x-gzip')
    throw new Refusal(415, `Content-Encoding ${encoding?.slice(0, 40)} is not supported: send gzip or none`);
  try {
    return await gunzip(body, { maxOutputLength: limits.body, chunkSize });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw new Refusal(413, `The body unpacks to more than ${limits.body} bytes`);
    throw new Refusal(400, `The body is not gzip: ${(error as Error).message}`);
  }
}
