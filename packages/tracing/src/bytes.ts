/** The bytes of images, sounds and files in what is recorded: they are found, and give way to their size and SHA-256. */
import { createHash } from 'node:crypto';
import { exactly, isRawJson } from './exact-json.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** Most bytes of an image, a sound or a file that are recorded themselves; of more: their size and SHA-256. */
export const mostBytes = 1_024;
/** Base64 of more than that. It is looked for where a word begins alone, or words a little shorter would take minutes. */
const longBase64 = /(?<![\w+/-])[\w+/-]{1368}/;
const base64Alone = /^[\w+/-]+={0,2}$/;

export interface Decoded {
  bytes: Buffer;
  mime?: string;
  /** Its maker has kept the beginning alone. */
  isCut: boolean;
}

/** In place of bytes: what is left to know them by. */
export function leftOut({ bytes, isCut }: Decoded) {
  const size = bytes.length;
  if (isCut) return { content: '', size, incomplete: true };
  return { content: '', size, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** A blob of another maker, or of ours that has to be shorter, without its bytes. */
export function withoutContent(blob: Fields): Fields {
  const { content } = blob;
  return typeof content === 'string' && content !== '' ? { ...blob, ...leftOut(decoded(content)) } : blob;
}

/** The bytes of a `data:` URL, of base64, or of what holds them. */
export function decoded(data: string | Uint8Array): Decoded {
  if (typeof data !== 'string')
    return { bytes: Buffer.from(data.buffer, data.byteOffset, data.byteLength), isCut: false };
  const [head = '', mime = '', coding] = /^data:([^;,]{0,200})((?:;[^;,]{0,200}){0,5}),/.exec(data) ?? [];
  const rest = head === '' ? data : data.slice(head.length);
  const typed = mime === '' ? {} : { mime };
  if (head !== '' && !coding?.endsWith(';base64'))
    return { bytes: Buffer.from(unescaped(rest)), isCut: false, ...typed };
  return {
    bytes: Buffer.from(rest, 'base64'),
    isCut: !/^[\w+/\s-]*={0,2}\s*$/.test(rest.slice(-64)),
    ...typed,
  };
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Bytes in any of the forms that JavaScript and the JSON of a Buffer have; null if it is none. */
export function bytesOf(value: unknown): Uint8Array | null {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (!isObject(value) || value.type !== 'Buffer' || !Array.isArray(value.data)) return null;
  return Uint8Array.from(value.data as number[]);
}

/**
 * The value, in which bytes (`data:` URLs, base64, buffers) of more than 1,024 have given way to what they are:
 * `[image/png, 20480 bytes, sha256 …]`. Texts under `text` and `content` are texts, whatever they look like. What cannot be read
 * stays as it is.
 */
export function withoutBytes(value: unknown): unknown {
  try {
    return withBytesLeftOut(value);
  } catch {
    return value;
  }
}

/** `withoutBytes`, but throws where something cannot be read. */
export function withBytesLeftOut(value: unknown, key = ''): unknown {
  if (typeof value === 'string') {
    if (value.length < 1_368 || key === 'text' || key === 'content') return value;
    return isLongBytes(value) ? markOf(decoded(value)) : inText(value);
  }
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (isRawJson(value)) return value;
  const bytes = bytesOf(value);
  if (bytes) {
    const { length } = bytes;
    const whole = decoded(bytes);
    return length > mostBytes ? markOf(whole) : whole.bytes.toString('base64');
  }
  if (Array.isArray(value)) return withEach(value, (entry) => withBytesLeftOut(entry, key));
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === 'function') return withBytesLeftOut(toJSON.call(value, key), key);
  const copy = withEach(value, withBytesLeftOut) as Fields;
  const { type, content } = copy;
  return type === 'blob' && typeof content === 'string' && content.length > 1_368
    ? withoutContent(copy)
    : copy;
}

/** The list or map with each entry as it is to be: itself if all stay, as most do, or a copy. */
export function withEach(value: object, change: (entry: unknown, key: string) => unknown): object {
  let copy: Record<string, unknown> | null = null;
  for (const key of Object.keys(value)) {
    const entry = (value as Fields)[key];
    const next = change(entry, key);
    if (next === entry) continue;
    copy ??= (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>;
    copy[key] = next;
  }
  return copy ?? value;
}

function isLongBytes(text: string): boolean {
  if (text.startsWith('data:')) return /^data:[^,]{0,1000};base64,/.test(text);
  const start = text.slice(0, 1_368);
  // What a person or a program writes has something between its words, or is of one case.
  return [/[a-z]/, /[A-Z]/, /\d/].every((kind) => kind.test(start)) && base64Alone.test(text);
}

function markOf(data: Decoded): string {
  return shownAs({ mime_type: data.mime, ...leftOut(data) });
}

export function shownAs({ mime_type, modality, size, sha256 }: Fields): string {
  const kind = mime_type ?? modality;
  const how = sha256 === undefined ? `${size} bytes and more, cut off` : `${size} bytes, sha256 ${sha256}`;
  return `[${kind ? `${kind}, ` : ''}${how}]`;
}

/** `withoutBytes` for a text that may be JSON. */
export function textWithoutBytes(text: string): string {
  if (!longBase64.test(text)) return text;
  if (!/^\s*[{["]/.test(text)) return withoutBytes(text) as string;
  try {
    const given = exactly(text);
    const held = withBytesLeftOut(given);
    // What holds none stays as it is written.
    return held === given ? text : JSON.stringify(held);
  } catch {
    return inText(text);
  }
}

/** Also of `data:` URLs within a text, such as JSON that its maker has cut. */
function inText(text: string): string {
  if (!text.includes(';base64,')) return text;
  // A least number of characters in the expression itself would be too much for it from six million on.
  const urls = /data:[\w.+-]{1,100}\/[\w.+-]{1,100};base64,([\w+/-]+)={0,2}…?/g;
  return text.replace(urls, (url, data: string) => (data.length < 1_368 ? url : markOf(decoded(url))));
}

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
