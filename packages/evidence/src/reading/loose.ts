/** Reads values of unknown shape, such as JSON that a trace holds: whatever is not as expected is absent. */

export type Fields = Record<string, unknown>;

export function fieldsIn(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** The entries of a list, as objects. */
export function listIn(value: unknown, key: string): Fields[] {
  const list = fieldsIn(value)[key];
  return Array.isArray(list) ? list.map(fieldsIn) : [];
}

export function textIn(value: unknown, key: string): string | null {
  const text = fieldsIn(value)[key];
  return typeof text === 'string' ? text : null;
}

export function numberIn(value: unknown, key: string): number | null {
  const number = fieldsIn(value)[key];
  return typeof number === 'number' ? number : null;
}

export function flagIn(value: unknown, key: string): boolean | null {
  const flag = fieldsIn(value)[key];
  return typeof flag === 'boolean' ? flag : null;
}

export function textsIn(value: unknown, key: string): string[] {
  const list = fieldsIn(value)[key];
  return Array.isArray(list) ? list.filter((entry) => typeof entry === 'string') : [];
}
