import { isFields } from './chat-request.ts';

/** The smallest value that matches the schema: first choices, shortest lists, empty or lowest values. */
export function minimalInstance(schema: unknown, root: unknown = schema, depth = 0): unknown {
  if (!isFields(schema) || depth > 32) return null;
  if ('const' in schema) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  if (typeof schema.$ref === 'string') return minimalInstance(resolve(schema.$ref, root), root, depth + 1);
  for (const choices of [schema.anyOf, schema.oneOf, schema.allOf]) {
    if (Array.isArray(choices)) return minimalInstance(choices[0], root, depth + 1);
  }
  const type: unknown = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === 'object' || isFields(schema.properties)) {
    const properties = isFields(schema.properties) ? schema.properties : {};
    const required = Array.isArray(schema.required) ? schema.required : Object.keys(properties);
    return Object.fromEntries(
      required.map((name) => [String(name), minimalInstance(properties[String(name)], root, depth + 1)]),
    );
  }
  if (type === 'array') {
    const length = Math.min(Number(schema.minItems ?? 0), 100);
    // A schema of one call names each entry; one of a step has the same for all.
    const entries = Array.isArray(schema.prefixItems) ? schema.prefixItems : [];
    return Array.from({ length }, (_, index) =>
      minimalInstance(entries[index] ?? schema.items, root, depth + 1),
    );
  }
  if (type === 'string') return 'offline'.padEnd(Math.min(Number(schema.minLength ?? 0), 1000), '.');
  if (type === 'integer' || type === 'number') return Number(schema.minimum ?? 0);
  if (type === 'boolean') return false;
  return null;
}

/** A pointer within the document, such as `#/$defs/name`. */
function resolve(reference: string, root: unknown): unknown {
  return reference
    .replace(/^#\/?/, '')
    .split('/')
    .filter((part) => part !== '')
    .reduce<unknown>(
      (value, part) =>
        isFields(value) ? value[part.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined,
      root,
    );
}
