import type { Attributes, AttributeValue } from './model.ts';

/** A JSON object with unknown contents. */
export type Fields = Record<string, unknown>;
/** Notes a violation of the encoding. */
export type Note = (rule: string, detail: string) => void;

/** Maximum nesting of values; OTLP's readers accept no more. */
const deepest = 100;
const idForm = { traceId: /^(?!0{32})[0-9a-f]{32}$/, spanId: /^(?!0{16})[0-9a-f]{16}$/ };

export function idOf(kind: keyof typeof idForm, value: unknown, note: Note, at: string): string {
  const id = stringOf(value);
  if (!idForm[kind].test(id)) {
    const digits = kind === 'traceId' ? 32 : 16;
    note('encoding.ids', `${at} is ${shown(value)}: write ${digits} lower-case hex digits, not all zero`);
  }
  return id;
}

export function enumOf<const E extends readonly string[]>(
  names: E,
  value: unknown,
  note: Note,
  at: string,
): E[number] {
  if (value === undefined) return names[0] ?? '';
  const name = typeof value === 'number' ? names[value] : undefined;
  if (name === undefined) note('encoding.enums', `${at} is ${shown(value)}: write the enum's number`);
  return name ?? names[0] ?? '';
}

export function timeOf(value: unknown, note: Note, at: string): bigint {
  return BigInt(integerText(value, note, at));
}

/** Digits of a 64-bit integer, which the encoding writes as a string. */
function integerText(value: unknown, note: Note, at: string): string {
  if (typeof value !== 'string' || !/^-?\d+$/.test(value)) {
    note('encoding.integers', `${at} is ${shown(value)}: write 64-bit integers as decimal strings`);
  }
  // No 64-bit number is longer, and converting longer digits takes time.
  const text = typeof value === 'number' || typeof value === 'string' ? String(value) : '';
  return /^-?\d{1,20}$/.test(text) ? text : '0';
}

export function attributesOf(list: unknown, note: Note, depth = 0): Attributes {
  const attributes: Attributes = {};
  for (const { key, value } of listOf(list)) {
    const name = stringOf(key);
    attributes[name] = valueOfAny(value, note, `attribute ${name.slice(0, 100)}`, depth);
  }
  return attributes;
}

function valueOfAny(value: unknown, note: Note, at: string, depth: number): AttributeValue {
  if (depth > deepest) {
    note('encoding.values', `${at} is nested deeper than ${deepest} levels`);
    return null;
  }
  const entries = Object.entries(fieldsOf(value));
  const [kind, content] = entries[0] ?? [];
  if (entries.length > 1) note('encoding.values', `${at} has ${entries.length} values: write one`);
  switch (kind) {
    case undefined:
      return null;
    case 'stringValue':
    case 'bytesValue':
      if (typeof content !== 'string') note('encoding.values', `${at}: ${kind} must be a string`);
      return stringOf(content);
    case 'boolValue':
      if (typeof content !== 'boolean') note('encoding.values', `${at}: boolValue must be true or false`);
      return content === true;
    case 'intValue':
      return Number(integerText(content, note, at));
    case 'doubleValue':
      return Number(content);
    case 'arrayValue':
      return listOf(fieldsOf(content).values).map((entry) => valueOfAny(entry, note, at, depth + 1));
    case 'kvlistValue':
      return attributesOf(fieldsOf(content).values, note, depth + 1);
    default:
      note('encoding.values', `${at} has the unknown value kind ${kind.slice(0, 40)}`);
      return null;
  }
}

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

export function listOf(value: unknown): Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}

export function stringOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The value found instead, as much of it as fits on a line. */
function shown(value: unknown): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 80)) : String(value);
}
