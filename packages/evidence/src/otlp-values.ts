import type { Attributes, AttributeValue } from './model.ts';

/** A JSON object, before anything is known of it. */
export type Fields = Record<string, unknown>;
/** Notes that the text being read breaks a rule of the encoding. */
export type Note = (rule: string, detail: string) => void;

const idForm = { traceId: /^(?!0{32})[0-9a-f]{32}$/, spanId: /^(?!0{16})[0-9a-f]{16}$/ };

export function idOf(kind: keyof typeof idForm, value: unknown, note: Note, at: string): string {
  const id = stringOf(value);
  if (!idForm[kind].test(id)) {
    const digits = kind === 'traceId' ? 32 : 16;
    note(
      'encoding.ids',
      `${at} is ${JSON.stringify(value)}: write ${digits} lower-case hex digits, not all zero`,
    );
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
  if (name === undefined)
    note('encoding.enums', `${at} is ${JSON.stringify(value)}: write the enum's number`);
  return name ?? names[0] ?? '';
}

export function timeOf(value: unknown, note: Note, at: string): bigint {
  return BigInt(integerText(value, note, at));
}

/** Digits of a 64-bit integer, which the encoding writes as a string. */
function integerText(value: unknown, note: Note, at: string): string {
  if (typeof value !== 'string' || !/^-?\d+$/.test(value)) {
    note('encoding.integers', `${at} is ${JSON.stringify(value)}: write 64-bit integers as decimal strings`);
  }
  return /^-?\d+$/.test(String(value)) ? String(value) : '0';
}

export function attributesOf(list: unknown, note: Note): Attributes {
  const attributes: Attributes = {};
  for (const { key, value } of listOf(list)) {
    attributes[stringOf(key)] = valueOfAny(value, note, `attribute ${stringOf(key)}`);
  }
  return attributes;
}

function valueOfAny(value: unknown, note: Note, at: string): AttributeValue {
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
      return listOf(fieldsOf(content).values).map((entry) => valueOfAny(entry, note, at));
    case 'kvlistValue':
      return attributesOf(fieldsOf(content).values, note);
    default:
      note('encoding.values', `${at} has the unknown value kind ${kind}`);
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
