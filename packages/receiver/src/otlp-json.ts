import type { FieldBase, Type } from 'protobufjs';
import protobuf from 'protobufjs';

export type JsonValue = string | number | boolean | JsonValue[] | JsonObject;
export interface JsonObject {
  [field: string]: JsonValue;
}

/** A body that is not OTLP; the message names the field. */
export class OtlpError extends Error {
  override name = 'OtlpError';
}

/** Levels of messages within each other, as Protobuf's own readers have it. */
const deepest = 100;
const integers = new Set(['int32', 'uint32', 'sint32', 'fixed32', 'sfixed32']);
const longs = new Set(['int64', 'uint64', 'sint64', 'fixed64', 'sfixed64']);
/** The OTLP JSON encoding writes these as hex; Protobuf's own JSON would write base64. */
const hexFields = new Set(['traceId', 'spanId', 'parentSpanId']);

/**
 * A message as the OTLP JSON encoding has it: field names in camelCase, ids in lower-case hex, 64-bit integers
 * as decimal strings, enums as numbers, other bytes in base64, fields at their default left out (but for a
 * oneof's, where being there says something). Takes a decoded message or a JSON body alike; fields the
 * definitions do not know are ignored, as OTLP asks. Throws an OtlpError for a value of the wrong type.
 */
export function toOtlpJson(type: Type, message: unknown, at = type.name, depth = 0): JsonObject {
  if (typeof message !== 'object' || message === null || Array.isArray(message)) {
    throw new OtlpError(`${at} must be an object`);
  }
  if (depth > deepest) throw new OtlpError(`${at} is nested deeper than ${deepest} levels`);
  const json: JsonObject = {};
  for (const field of type.fieldsArray) {
    if (!Object.hasOwn(message, field.name)) continue;
    const value = (message as Record<string, unknown>)[field.name];
    if (value === null || value === undefined) continue;
    const name = `${at}.${field.name}`;
    if (field.repeated) {
      if (!Array.isArray(value)) throw new OtlpError(`${name} must be a list`);
      if (value.length > 0) {
        json[field.name] = value.map((entry, index) => fieldValue(field, entry, `${name}[${index}]`, depth));
      }
    } else {
      const converted = fieldValue(field, value, name, depth);
      if (field.partOf || !isDefault(converted)) json[field.name] = converted;
    }
  }
  return json;
}

function isDefault(value: JsonValue): boolean {
  return value === '' || value === '0' || value === 0 || value === false;
}

function fieldValue(field: FieldBase, value: unknown, at: string, depth: number): JsonValue {
  const { type, resolvedType } = field;
  if (resolvedType instanceof protobuf.Type) return toOtlpJson(resolvedType, value, at, depth + 1);
  if (resolvedType || integers.has(type)) return integerOf(value, at);
  if (longs.has(type)) return longOf(value, at);
  if (type === 'double') return doubleOf(value, at);
  if (type === 'bytes') return hexFields.has(field.name) ? hexOf(value, at) : base64Of(value, at);
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

/** Text of a number in any of its forms, as Protobuf's reader has 64-bit ones; empty for what is none of these. */
function textOf(value: unknown): string {
  const isNumber =
    typeof value === 'number' || typeof value === 'string' || value instanceof protobuf.util.Long;
  return isNumber ? String(value) : '';
}

function base64Of(value: unknown, at: string): string {
  const text = value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
  if (typeof text !== 'string') throw new OtlpError(`${at} must be base64`);
  return text;
}
