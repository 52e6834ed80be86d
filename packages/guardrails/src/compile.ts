import { asksModel, chain, type Finding, type ModelStepDefinition } from '@agento/contracts';
import type { Test } from './checks/check.ts';
import { agreementTest, numberTest, spreadTest } from './checks/numbers.ts';
import { patternTest, quoteTest, textTest } from './checks/texts.ts';
import { type Leaf, leafOf, type Path, parsePath } from './path.ts';
import { PatternError } from './pattern.ts';
import type { Guardrail } from './schema.ts';

/** A step that asks a model, and who may take it where. */
export interface Answering {
  module: number;
  step: ModelStepDefinition;
}

/** Every step that asks a model, of every module. */
export const answering: readonly Answering[] = chain.flatMap(({ number, steps }) =>
  steps.filter(asksModel).map((step) => ({ module: number, step })),
);

/** A guardrail that can be run. */
export interface Rail {
  guardrail: Guardrail;
  test: Test;
  covers(module: number, step: string, agent: string): boolean;
}

/** The guardrail made ready; or every reason why it cannot be, each with where it stands in the guardrail. */
export function compile(guardrail: Guardrail): { rail: Rail } | { faults: Finding[] } {
  const covered = answering.filter(({ module, step }) =>
    step.agents.some((agent) => isCovered(guardrail, module, step.name, agent)),
  );
  const faults = [...unknownNames(guardrail)];
  if (faults.length === 0 && covered.length === 0) {
    faults.push({ pointer: '', detail: 'no step is taken by one of these agents, in one of these modules' });
  }
  faults.push(...pathFaults(guardrail, covered), ...valueFaults(guardrail));
  if (faults.length > 0) return { faults };
  try {
    return {
      rail: {
        guardrail,
        test: testOf(guardrail),
        covers: (module, step, agent) => isCovered(guardrail, module, step, agent),
      },
    };
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    return { faults: [{ pointer: '/check', detail: `a pattern cannot be used: ${error.message}` }] };
  }
}

function isCovered(
  { steps, agents, modules }: Guardrail,
  module: number,
  step: string,
  agent: string,
): boolean {
  return (
    (steps?.includes(step) ?? true) &&
    (agents?.includes(agent) ?? true) &&
    (modules?.includes(module) ?? true)
  );
}

function unknownNames({ steps = [], agents = [], modules = [] }: Guardrail): Finding[] {
  const known = {
    steps: [...new Set(answering.map(({ step }) => step.name))],
    agents: [...new Set(answering.flatMap(({ step }) => step.agents))],
    modules: chain.map(({ number }) => number),
  };
  const of = (key: keyof typeof known, given: readonly (string | number)[], what: string) =>
    given.flatMap((name, index) =>
      (known[key] as readonly (string | number)[]).includes(name)
        ? []
        : [
            {
              pointer: `/${key}/${index}`,
              detail: `there is no ${what} ${name} that asks a model; there are ${known[key].join(', ')}`,
            },
          ],
    );
  return [
    ...of('steps', steps, 'step'),
    ...of('agents', agents, 'agent'),
    ...of('modules', modules, 'module'),
  ];
}

/** A path of a check, and what must stand there. */
interface CheckedPath {
  pointer: string;
  path: string;
  leaf: Leaf[];
  /** It is one of the input, not of the answer. */
  isInput?: boolean;
  /** It is compared as a number: a text needs a worth. */
  isJudgement?: boolean;
}

function pathsOf({ check }: Guardrail): CheckedPath[] {
  const at = '/check/field';
  if (check.kind === 'pattern')
    return check.field === undefined ? [] : [{ pointer: at, path: check.field, leaf: ['text'] }];
  if (check.kind === 'number' || check.kind === 'spread')
    return [{ pointer: at, path: check.field, leaf: ['number'] }];
  const source = check.kind === 'quote' ? check.source : [];
  if (check.kind !== 'agreement') {
    return [
      { pointer: at, path: check.field, leaf: ['text'] },
      ...source.map((path, index) => ({
        pointer: `/check/source/${index}`,
        path,
        leaf: ['text' as const],
        isInput: true,
      })),
    ];
  }
  const { field, by, with: other } = check;
  const isInput = other.in === 'input';
  const leaf: Leaf[] = ['number', 'text'];
  return [
    { pointer: at, path: field, leaf, isJudgement: true },
    { pointer: '/check/with/field', path: other.field, leaf, isInput, isJudgement: true },
    ...(by === undefined ? [] : [{ pointer: '/check/by', path: beside(field, by), leaf }]),
    ...(other.by === undefined
      ? []
      : [{ pointer: '/check/with/by', path: beside(other.field, other.by), leaf, isInput }]),
  ];
}

/** `evaluations[].rating` and `criterion_id` make `evaluations[].criterion_id`. */
function beside(field: string, name: string): string {
  return [...field.split('.').slice(0, -1), name].join('.');
}

function pathFaults(guardrail: Guardrail, covered: readonly Answering[]): Finding[] {
  const { check } = guardrail;
  const values = check.kind === 'agreement' ? check.values : undefined;
  const found = pathsOf(guardrail).flatMap(({ pointer, path, leaf, isInput, isJudgement }) =>
    covered.flatMap(({ step }): Finding[] => {
      const whose = `the ${isInput ? 'input' : 'answer'} of ${step.name}`;
      const here = leafOf(isInput ? step.input : step.answer, path, whose);
      if ('fault' in here) return [{ pointer, detail: here.fault }];
      if (!leaf.includes(here.leaf))
        return [{ pointer, detail: `${path} in ${whose} is no ${leaf.join(' and no ')}` }];
      if (!isJudgement || here.leaf === 'number' || values !== undefined) return [];
      return [{ pointer, detail: `${path} in ${whose} is a text: values must say what its words are worth` }];
    }),
  );
  // The same step may stand in several modules.
  return [...new Map(found.map((finding) => [`${finding.pointer} ${finding.detail}`, finding])).values()];
}

/** What a schema cannot say. */
function valueFaults({ check }: Guardrail): Finding[] {
  const faults: Finding[] = [];
  const fault = (pointer: string, detail: string) => faults.push({ pointer, detail });
  if (check.kind === 'number') {
    if (check.least === undefined && check.most === undefined) fault('/check', 'needs least, most or both');
    else if ((check.least ?? -Infinity) > (check.most ?? Infinity)) fault('/check/least', 'is above most');
  }
  if (check.kind === 'text' && (check.least_words ?? 1) > (check.most_words ?? Infinity))
    fault('/check/least_words', 'is above most_words');
  if (check.kind === 'pattern' && !check.forbid && !check.require)
    fault('/check', 'needs forbid, require or both');
  if (check.kind === 'spread' && !check.field.includes('[]'))
    fault('/check/field', 'must be of a list, such as evaluations[].rating: one number has no spread');
  if (check.kind === 'agreement' && (check.by === undefined) !== (check.with.by === undefined))
    fault('/check/with', 'needs by on both sides, or on neither');
  return faults;
}

function testOf({ check }: Guardrail): Test {
  const path = (text: string) => parsePath(text) as Path;
  const field = check.field === undefined ? null : path(check.field);
  if (check.kind === 'pattern') return patternTest(check, field);
  const own = field as Path;
  switch (check.kind) {
    case 'number':
      return numberTest(check, own);
    case 'text':
      return textTest(check, own);
    case 'quote':
      return quoteTest(check, own, check.source.map(path));
    case 'spread':
      return spreadTest(check, own);
    case 'agreement': {
      const { by, with: other } = check;
      return agreementTest(check, own, path(other.field), [
        by === undefined ? null : path(beside(check.field, by)),
        other.by === undefined ? null : path(beside(other.field, other.by)),
      ]);
    }
  }
}
