import type { Finding } from '@agento/contracts';
import type { CritiqueAnswer, Proposal, ProposedCheck } from './critique-step.ts';
import { GuardrailFileError, guardrailsOf } from './read.ts';
import { type Check, checks, type Guardrail, type GuardrailFile } from './schema.ts';

/** The proposals as a file of guardrails; findings by the ids they came with. */
export function fileOf({ proposals }: CritiqueAnswer, nameOf: (finding: string) => string): GuardrailFile {
  return { version: 1, guardrails: proposals.map((proposal) => guardrailOf(proposal, nameOf)) };
}

/** What is wrong with proposals, where they stand in the answer: a critic is told it once. */
export function proposalFaults(answer: CritiqueAnswer): Finding[] {
  if (answer.proposals.length === 0) return [];
  try {
    guardrailsOf(fileOf(answer, (finding) => finding));
    return [];
  } catch (error) {
    if (!(error instanceof GuardrailFileError)) throw error;
    return error.problems.map((problem) => {
      const [, index = '', rest = '', detail = problem] =
        /^(?:[\w-]+ \()?\/guardrails\/(\d+)([^):]*)\)?: (.*)$/s.exec(problem) ?? [];
      return { pointer: index === '' ? '' : `/proposals/${index}${rest}`, detail };
    });
  }
}

function guardrailOf(
  { findings, id, description, action, steps, check }: Proposal,
  nameOf: (finding: string) => string,
): Guardrail {
  return { id, description, action, steps, answers: findings.map(nameOf), check: checkOf(check) };
}

/** Without what is null, or no setting of its kind. */
function checkOf({ kind, ...given }: ProposedCheck): Check {
  const allowed = Object.keys(checks[kind].properties);
  const { with: other, values } = given;
  const settings: Record<string, unknown> = {
    ...given,
    with: other && { ...other, by: other.by ?? undefined },
    values: values && Object.fromEntries(values.map(({ word, worth }) => [word, worth])),
  };
  const kept = Object.entries(settings).filter(
    ([key, value]) =>
      allowed.includes(key) && value !== null && !(Array.isArray(value) && value.length === 0),
  );
  return JSON.parse(JSON.stringify({ kind, ...Object.fromEntries(kept) })) as Check;
}
