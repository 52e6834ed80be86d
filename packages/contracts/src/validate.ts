import type { Static, TSchema } from 'typebox';
// Not typebox/compile: that loads a hundred modules more, which make and convert values.
import { Compile, type Validator } from 'typebox/schema';
import { cut } from './cut.ts';
import { openaiTracePattern, uuidPattern } from './patterns.ts';

/** One thing wrong with a value: a JSON pointer to it (RFC 6901) and what is wrong, in words. */
export interface Finding {
  pointer: string;
  detail: string;
}

/** The requirement of a pattern, in words. */
const patterns = new Map([
  ['\\S', 'must not be empty or blank'],
  [uuidPattern, 'must be a UUID'],
  [openaiTracePattern, 'must be 32 hex digits, optionally prefixed with trace_'],
]);

const compiled = new WeakMap<TSchema, Validator>();

/** The compiled validator of a schema; compiled once per process. */
function validatorOf(schema: TSchema): Validator {
  let validator = compiled.get(schema);
  if (!validator) {
    validator = Compile(schema) as Validator;
    compiled.set(schema, validator);
  }
  return validator;
}

/** True when the value has the schema's shape. Types are not coerced. */
export function matches<S extends TSchema>(schema: S, value: unknown): value is Static<S> {
  return validatorOf(schema).Check(value);
}

/** Most characters shown of a foreign field name. */
const mostName = 64;

/**
 * Why the value does not match the schema, in at most eight findings; empty if it matches. Foreign field names are cut
 * to whole words of their first 64 characters; with `foreignNames: false` they are omitted, and the pointer is that of
 * the object they are in.
 */
export function findings(
  schema: TSchema,
  value: unknown,
  { foreignNames = true }: { foreignNames?: boolean } = {},
): Finding[] {
  const validator = validatorOf(schema);
  if (validator.Check(value)) return [];
  const [, errors] = validator.Errors(value);
  return errors.flatMap((error): Finding[] => {
    const parameters = error.params as Record<string, unknown>;
    const instancePath = place(schema, error.instancePath, foreignNames);
    const at = (name: string, above = instancePath) => `${above}/${escaped(name)}`;
    if (error.keyword === 'required') {
      return (parameters.requiredProperties as string[]).map((name) => ({
        pointer: at(name),
        detail: `${name} is required`,
      }));
    }
    // Each unknown field has an error of its own; the summary error may be lost to the limit of eight.
    if (error.keyword === 'boolean') {
      const end = error.instancePath.lastIndexOf('/');
      const above = place(schema, error.instancePath.slice(0, end), foreignNames);
      if (!foreignNames) return [{ pointer: above, detail: 'has an unknown field' }];
      const field = cut(unescaped(error.instancePath.slice(end + 1, end + 1 + 2 * mostName)), mostName);
      return [{ pointer: at(field, above), detail: `unknown field ${field}` }];
    }
    if (error.keyword === 'additionalProperties') return [];
    if (error.keyword === 'enum') {
      return [
        { pointer: instancePath, detail: `must be one of ${JSON.stringify(parameters.allowedValues)}` },
      ];
    }
    if (error.keyword === 'pattern') {
      const { pattern } = parameters as { pattern: string | RegExp };
      return [{ pointer: instancePath, detail: patterns.get(String(pattern)) ?? error.message }];
    }
    return [{ pointer: instancePath, detail: error.message }];
  });
}

const ownNames = new WeakMap<TSchema, Set<string>>();

/** Every field name in the schema. */
function namesOf(schema: TSchema): Set<string> {
  const known = ownNames.get(schema);
  if (known) return known;
  const names = new Set<string>();
  JSON.stringify(schema, (key, value: unknown) => {
    if (key === 'properties') for (const name of Object.keys(value as object)) names.add(name);
    return value;
  });
  ownNames.set(schema, names);
  return names;
}

/** The pointer with each foreign name cut, or ending before the first of them. */
function place(schema: TSchema, pointer: string, foreignNames: boolean): string {
  const segments = pointer.split('/');
  const isForeign = (segment: string) => !/^\d{0,9}$/.test(segment) && !namesOf(schema).has(segment);
  if (foreignNames) {
    return segments
      .map((segment) => (isForeign(segment) ? escaped(cut(unescaped(segment), mostName)) : segment))
      .join('/');
  }
  const first = segments.findIndex(isForeign);
  return first < 0 ? pointer : segments.slice(0, first).join('/');
}

function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function unescaped(segment: string): string {
  return segment.replaceAll('~1', '/').replaceAll('~0', '~');
}
