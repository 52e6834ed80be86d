import { readFileSync } from 'node:fs';
import { ConstraintKind, findings } from '@agento/contracts';
import Type, { type Static, type TSchema } from 'typebox';
import { parse } from 'yaml';

const text = Type.String({ minLength: 1 });
const strict = { additionalProperties: false };

/**
 * `first` alone covers a criterion in part, both clauses cover it in full; `test/patterns.test.ts` verifies that. `at`:
 * the numbers of the topics it concerns.
 */
const Criterion = Type.Object(
  {
    text,
    why: text,
    first: text,
    second: text,
    at: Type.Array(Type.Integer({ minimum: 0 }), { minItems: 2 }),
  },
  strict,
);
export type Criterion = Static<typeof Criterion>;

/** The subject of an item: `part` names it in the middle of a sentence. */
const Topic = Type.Object(
  {
    title: text,
    part: text,
    description: text,
    steps: Type.Array(text, { minItems: 3, maxItems: 3 }),
    measure: text,
    risk: text,
  },
  strict,
);
export type Topic = Static<typeof Topic>;

/** Which topics a plan of each style takes, in this order. */
const places = Type.Array(Type.Integer({ minimum: 0 }), { minItems: 3, maxItems: 6 });
const Pattern = Type.Object(
  {
    name: text,
    verbs: Type.String(),
    plans: Type.Object({ balanced: places, lean: places, ambitious: places }, strict),
    /** The topic with most of the work. */
    main: Type.Integer({ minimum: 0 }),
    criteria: Type.Array(Criterion, { minItems: 5 }),
    topics: Type.Array(Topic, { minItems: 4 }),
  },
  strict,
);
export type Pattern = Static<typeof Pattern>;

const sentences = Type.Array(text, { minItems: 1 });
const Common = Type.Object(
  {
    limits: Type.Object(
      Object.fromEntries(ConstraintKind.enum.map((kind) => [kind, Criterion])) as Record<
        ConstraintKind,
        typeof Criterion
      >,
      strict,
    ),
    words: Type.Object({ tail: Criterion, figure: Criterion, quoted: Criterion }, strict),
    lean: sentences,
    ambitious: sentences,
    beyond: text,
    quotes: sentences,
    further: sentences,
    given: sentences,
    assumed: sentences,
    settled: text,
    agenda: text,
    itself: text,
    foreign: text,
    vague: text,
  },
  strict,
);

/** Reads a file of patterns; throws an Error that names it and what is wrong. */
function load<S extends TSchema>(schema: S, name: string): Static<S> {
  const value: unknown = parse(readFileSync(new URL(`patterns/${name}.yaml`, import.meta.url), 'utf8'));
  const [wrong] = findings(schema, value);
  if (wrong) throw new Error(`patterns/${name}.yaml: ${wrong.pointer} ${wrong.detail}`);
  return value as Static<S>;
}

export const common = load(Common, 'common');

const names = ['making', 'changing', 'doing', 'learning', 'plain', 'vague'] as const;
export type PatternName = (typeof names)[number];
export const patterns = Object.fromEntries(names.map((name) => [name, load(Pattern, name)])) as Record<
  PatternName,
  Pattern
>;

const byVerb = new Map<string, PatternName>(
  names.flatMap((name) => patterns[name].verbs.split(/\s+/).map((verb) => [verb, name] as const)),
);
byVerb.delete('');

/** The pattern a verb belongs to; undefined for a word that is not a known verb. */
export function patternOfVerb(verb: string): PatternName | undefined {
  return byVerb.get(verb);
}
