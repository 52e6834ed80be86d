import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { type JsonObject, OtlpError, toOtlpJson } from './otlp-json.ts';
import { ExportRequest } from './otlp-messages.ts';

const gunzip = promisify(zlib.gunzip);

/** The largest body taken, in bytes, as sent and again when unpacked. */
export const bodyLimit = 32 * 1024 * 1024;

/** A refusal with its HTTP status; OTLP clients send again after 429, 502, 503 and 504 only. */
export class Refusal extends Error {
  override name = 'Refusal';
  readonly statusCode: number;
  constructor(statusCode: number, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}

/** The body without its content encoding; throws a Refusal for an unknown one or one that unpacks too large. */
export async function unpack(body: Buffer, encoding: string): Promise<Buffer> {
  if (encoding === 'identity') return body;
  if (encoding !== 'gzip')
    throw new Refusal(415, `Content-Encoding ${encoding} is not known: send gzip or none`);
  try {
    return await gunzip(body, { maxOutputLength: bodyLimit });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new Refusal(413, `The body unpacks to more than ${bodyLimit} bytes`);
    }
    throw new Refusal(400, `The body is no gzip: ${(error as Error).message}`);
  }
}

/** Reads an ExportTraceServiceRequest as OTLP JSON; throws a Refusal that says what is wrong with it. */
export function readExport(body: Buffer, json: boolean): JsonObject {
  try {
    return toOtlpJson(ExportRequest, json ? JSON.parse(body.toString('utf8')) : ExportRequest.decode(body));
  } catch (error) {
    if (error instanceof OtlpError) throw new Refusal(400, error.message);
    throw new Refusal(400, `The body is no ${json ? 'JSON' : 'protobuf'}: ${(error as Error).message}`);
  }
}
