import { createHash } from 'node:crypto';
import { findings } from '@agento/contracts';
import Type, { type Static } from 'typebox';
import { type Case, optionsOf, type Suite } from './suite.ts';

/** What a suite's runs gave when they were last found good; a file beside the suite. */
export const Baseline = Type.Object({
  suite: Type.String(),
  /** By agent: its prompt's version and the beginning of its hash. */
  prompts: Type.Record(Type.String(), Type.String()),
  models: Type.Array(Type.String()),
  /** By id. `input` is a hash of goal, context and options: numbers of another goal compare with nothing. */
  goals: Type.Record(
    Type.String(),
    Type.Object({
      input: Type.String(),
      /** By measure: one number a run, sorted. */
      numbers: Type.Record(Type.String(), Type.Array(Type.Number())),
    }),
  ),
});
export type Baseline = Static<typeof Baseline>;

/** `evals/town.yaml` → `evals/town.baseline.json`. */
export function baselineName(suiteFile: string): string {
  return `${suiteFile.replace(/\.ya?ml$/i, '')}.baseline.json`;
}

/** Throws an Error that says what is wrong with the text. */
export function readBaseline(text: string): Baseline {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`is not JSON: ${(error as Error).message}`);
  }
  const [wrong] = findings(Baseline, value);
  if (wrong) throw new Error(`${wrong.pointer || 'it'} ${wrong.detail}`);
  return value as Baseline;
}

/** JSON with each list of numbers on its line, in an order that does not change by itself. */
export function writeBaseline(baseline: Baseline): string {
  const text = JSON.stringify({ ...baseline, prompts: sorted(baseline.prompts) }, null, 2);
  return `${text.replace(/\[\s+([^[\]{}]*?)\s+\]/g, (_list, inside: string) => `[${inside.replace(/\s*\n\s*/g, ' ')}]`)}\n`;
}

/** Of what a run of this goal is asked. */
export function inputHash(suite: Suite, entry: Case): string {
  const { goal, context = '' } = entry;
  const asked = JSON.stringify([goal, context, optionsOf(suite, entry)]);
  return createHash('sha256').update(asked).digest('hex').slice(0, 16);
}

function sorted<T>(record: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([one], [other]) => (one < other ? -1 : 1)));
}
