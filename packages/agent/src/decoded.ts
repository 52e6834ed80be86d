import { promisify } from 'node:util';
import { brotliDecompress, gunzip, type InputType, inflate, zstdDecompress } from 'node:zlib';
import { EndpointFailure } from './chat-failures.ts';

type Decode = (body: InputType, options: { maxOutputLength: number }) => Promise<Buffer>;
const decoders: Record<string, Decode> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
  zstd: promisify(zstdDecompress),
};
/** Nobody encodes a body more often than this. */
const mostEncodings = 2;

/** The body without its content encodings. None is requested; some servers use one anyway. */
export async function decoded(
  body: Buffer,
  contentEncoding: string | null,
  status: number,
  maxBytes: number,
): Promise<Buffer> {
  const encodings = (contentEncoding ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== 'identity');
  if (encodings.length > mostEncodings) throw new EndpointFailure('encoding', status);
  let plain = body;
  for (const name of encodings.reverse()) {
    const decode = Object.hasOwn(decoders, name) ? decoders[name] : undefined;
    if (!decode) throw new EndpointFailure('encoding', status);
    if (plain.length === 0) return plain;
    try {
      plain = await decode(plain, { maxOutputLength: maxBytes });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
        throw new EndpointFailure('too_large', status);
      throw error;
    }
  }
  return plain;
}
