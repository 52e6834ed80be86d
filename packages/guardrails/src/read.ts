import { hash } from 'node:crypto';
import { type Finding, findings, matches } from '@agento/contracts';
import { parse, YAMLParseError } from 'yaml';
import type { Answered } from './checks/check.ts';
import { answering, compile, type Rail } from './compile.ts';
import { type Check, checks, Guardrail, GuardrailFile } from './schema.ts';

/** A file that cannot be used; `problems` has every reason, in words. */
export class GuardrailFileError extends Error {
  override name = 'GuardrailFileError';
  readonly problems: string[];
  constructor(problems: string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** What a guardrail found in an answer; nothing: it passed. */
export interface RailVerdict {
  guardrail: Guardrail;
  problems: Finding[];
}

/** The guardrails that answers of one step have to pass. */
export interface StepGuardrails {
  /** SHA-256 of the file, hex. */
  sha256: string;
  /** A verdict of each, in the order of the file. Finds at most eight problems each. */
  judge(answered: Answered): RailVerdict[];
}

/** Guardrails that are ready to be run. */
export interface Guardrails {
  sha256: string;
  all: readonly Guardrail[];
  /** Those for the answers that an agent gives in a step of a module; null if there are none. */
  of(module: number, step: string, agent: string): StepGuardrails | null;
}

const most = { bytes: 1_048_576, problems: 8 };

/** Reads a file of guardrails, YAML or JSON. @throws GuardrailFileError */
export function readGuardrails(text: string): Guardrails {
  if (Buffer.byteLength(text) > most.bytes)
    throw new GuardrailFileError([`the file is over ${most.bytes} bytes`]);
  return guardrailsOf(parsed(text), hash('sha256', text));
}

/** The same of a value. @throws GuardrailFileError */
export function guardrailsOf(value: unknown, sha256 = hash('sha256', JSON.stringify(value))): Guardrails {
  const problems = shapeProblems(value);
  if (problems.length > 0) throw new GuardrailFileError(problems);
  const { guardrails } = value as GuardrailFile;
  const rails: Rail[] = [];
  const seen = new Set<string>();
  for (const [index, guardrail] of guardrails.entries()) {
    const say = ({ pointer, detail }: Finding) =>
      problems.push(`${guardrail.id} (/guardrails/${index}${pointer}): ${detail}`);
    if (seen.has(guardrail.id)) say({ pointer: '/id', detail: 'another guardrail has this id' });
    seen.add(guardrail.id);
    const made = compile(guardrail);
    if ('rail' in made) rails.push(made.rail);
    else made.faults.forEach(say);
  }
  if (problems.length > 0) throw new GuardrailFileError(problems);
  return ready(rails, sha256);
}

function ready(rails: Rail[], sha256: string): Guardrails {
  const byPlace = new Map<string, StepGuardrails>();
  for (const { module, step } of answering) {
    for (const agent of step.agents) {
      const own = rails.filter(({ covers }) => covers(module, step.name, agent));
      if (own.length === 0) continue;
      byPlace.set(`${module} ${step.name} ${agent}`, {
        sha256,
        judge: (answered) =>
          own.map(({ guardrail, test }) => ({
            guardrail,
            problems: test(answered).slice(0, most.problems),
          })),
      });
    }
  }
  return {
    sha256,
    all: rails.map(({ guardrail }) => guardrail),
    of: (module, step, agent) => byPlace.get(`${module} ${step} ${agent}`) ?? null,
  };
}

function parsed(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 100 });
  } catch (error) {
    const detail =
      error instanceof YAMLParseError || error instanceof ReferenceError ? error.message : String(error);
    throw new GuardrailFileError([`this is neither YAML nor JSON: ${detail.split('\n')[0]}`]);
  }
}

/** What is wrong with the shape; of a check, against the schema of its kind: a union's findings would name all kinds. */
function shapeProblems(value: unknown): string[] {
  if (matches(GuardrailFile, value)) return [];
  if (typeof value !== 'object' || value === null || !('guardrails' in value))
    return ['it has no guardrails: it needs version: 1 and guardrails, a list'];
  const { guardrails, version } = (value ?? {}) as { guardrails?: unknown; version?: unknown };
  const isList = Array.isArray(guardrails);
  const outer = { version, guardrails: isList ? [] : guardrails, ...withoutList(value) };
  const said = findings(GuardrailFile, outer).filter(
    ({ pointer }) => !(isList && guardrails.length > 0 && pointer === '/guardrails'),
  );
  if (isList && guardrails.length > 100)
    said.push({ pointer: '/guardrails', detail: 'must have at most 100 guardrails' });
  const inner = (isList ? guardrails.slice(0, 100) : []).flatMap((entry: unknown, index) =>
    entryProblems(entry).map(({ pointer, detail }) => ({
      pointer: `/guardrails/${index}${pointer}`,
      detail,
    })),
  );
  const problems = [...said, ...inner].map(
    ({ pointer, detail }) => `${pointer || 'the file'}: ${pointer === '/version' ? 'must be 1' : detail}`,
  );
  return [...new Set(problems)];
}

function withoutList(value: unknown): object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter(([key]) => key !== 'guardrails' && key !== 'version'),
  );
}

function entryProblems(entry: unknown): Finding[] {
  if (matches(Guardrail, entry)) return [];
  const found = findings(Guardrail, entry).filter(({ pointer }) => !pointer.startsWith('/check'));
  if (typeof entry !== 'object' || entry === null || !('check' in entry)) {
    return found.length > 0 ? found : [{ pointer: '/check', detail: 'check is required' }];
  }
  const check = entry.check as { kind?: unknown } | null;
  const kind = String(check?.kind);
  const inCheck = Object.hasOwn(checks, kind)
    ? findings(checks[kind as Check['kind']], check)
    : [{ pointer: '/kind', detail: `must be one of ${Object.keys(checks).join(', ')}` }];
  return [...found, ...inCheck.map(({ pointer, detail }) => ({ pointer: `/check${pointer}`, detail }))];
}
