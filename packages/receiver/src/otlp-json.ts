import { type MessageField, MessageType } from './otlp-messages.ts';
import { deepest } from './read-message.ts';

export type JsonValue = string | number | boolean | JsonValue[] | JsonObject;
export interface JsonObject {
  [field: string]: JsonValue;
}

/** A body that is not OTLP; the message names the field. */
export class OtlpError extends Error {
  override name = 'OtlpError';
}

const integers = new Set<unknown>(['int32', 'uint32', 'fixed32', 'enum']);
const longs = new Set<unknown>(['int64', 'fixed64']);

/**
 * A message as the OTLP JSON encoding has it: field names in camelCase, ids in lower-case hex, 64-bit integers
 * as decimal strings, enums as numbers, other bytes in base64, fields at their default left out (but for a
 * oneof's, where being there says something). Takes a message as `readMessage` has it or a JSON body alike; fields the
 * definitions do not know are ignored, as OTLP asks. Throws an OtlpError for a value of the wrong type.
 */
export function toOtlpJson(type: MessageType, message: unknown, at = type.name, depth = 0): JsonObject {
  if (typeof message !== 'object' || message === null || Array.isArray(message)) {
    throw new OtlpError(`${at} must be an object`);
  }
  if (depth > deepest) throw new OtlpError(`${at} is nested deeper than ${deepest} levels`);
  const json: JsonObject = {};
  for (const field of type.fields) {
    if (!Object.hasOwn(message, field.name)) continue;
    const value = (message as Record<string, unknown>)[field.name];
    if (value === null || value === undefined) continue;
    const name = `${at}.${field.name}`;
    if (field.isList) {
      if (!Array.isArray(value)) throw new OtlpError(`${name} must be a list`);
      if (value.length > 0) {
        json[field.name] = value.map((entry, index) => fieldValue(field, entry, `${name}[${index}]`, depth));
      }
    } else {
      const converted = fieldValue(field, value, name, depth);
      if (field.isChoice || !isDefault(converted)) json[field.name] = converted;
    }
  }
  return json;
}

function isDefault(value: JsonValue): boolean {
  return value === '' || value === '0' || value === 0 || value === false;
}

function fieldValue({ type }: MessageField, value: unknown, at: string, depth: number): JsonValue {
  if (type instanceof MessageType) return toOtlpJson(type, value, at, depth + 1);
  if (integers.has(type)) return integerOf(value, at);
  if (longs.has(type)) return longOf(value, at);
  if (type === 'double') return doubleOf(value, at);
  if (type === 'hex') return hexOf(value, at);
  if (type === 'bytes') return base64Of(value, at);
  if (typeof value !== (type === 'bool' ? 'boolean' : 'string'))
    throw new OtlpError(`${at} must be a ${type}`);
  return value as string | boolean;
}

function integerOf(value: unknown, at: string): number {
  if (typeof value !== 'number' || !Number.isInteger(value)) throw new OtlpError(`${at} must be an integer`);
  return value;
}

function longOf(value: unknown, at: string): string {
  const text = textOf(value);
  if (!/^-?\d{1,20}$/.test(text)) throw new OtlpError(`${at} must be a 64-bit integer in decimal`);
  return text;
}

function doubleOf(value: unknown, at: string): number | string {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && Number.isFinite(number)) return number;
  const text = textOf(value);
  if (!['NaN', 'Infinity', '-Infinity'].includes(text)) throw new OtlpError(`${at} must be a number`);
  return text;
}

function hexOf(value: unknown, at: string): string {
  const text = value instanceof Uint8Array ? Buffer.from(value.subarray(0, 32)).toString('hex') : value;
  if (typeof text !== 'string' || !/^([0-9a-fA-F]{2}){0,32}$/.test(text))
    throw new OtlpError(`${at} must be hex`);
  return text.toLowerCase();
}

/** Text of a number in any of its forms; empty for what is none of these. */
function textOf(value: unknown): string {
  return ['number', 'string', 'bigint'].includes(typeof value) ? String(value) : '';
}

function base64Of(value: unknown, at: string): string {
  const text = value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
  if (typeof text !== 'string') throw new OtlpError(`${at} must be base64`);
  return text;
}
