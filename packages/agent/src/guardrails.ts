import { type Finding, roleName, validation } from '@agento/contracts';
import type { Guardrail, RailVerdict, StepGuardrails } from '@agento/guardrails';
import { attribute, captureStep, recordGuardrail, type Span, withSpan } from '@agento/tracing';
import type { Agent } from './agent.ts';
import { StepError } from './errors.ts';
import type { Run } from './run.ts';

/** What comes of a guardrail's verdict on an answer. */
type Outcome = 'passed' | 'noted' | 'repair' | 'blocked';

/**
 * Has an answer judged by the guardrails of its step, each in a `validation` span below it. Returns what the agent is to
 * put right; nothing for an answer that stands, which one that has been repaired does.
 *
 * @throws StepError `guardrail_blocked` with the first that blocks, once all of them are recorded
 */
export async function passGuardrails(
  run: Run,
  agent: Agent,
  rails: StepGuardrails,
  answered: { answer: unknown; input: unknown },
  isRepaired: boolean,
): Promise<Finding[]> {
  const verdicts = rails.judge(answered);
  // An answer that is blocked is not asked for again.
  const isFinal = isRepaired || verdicts.some(isBlocking);
  const toRepair: Finding[] = [];
  const errors: StepError[] = [];
  for (const verdict of verdicts) {
    const outcome = outcomeOf(verdict, isFinal);
    const error = outcome === 'blocked' ? blocked(verdict, agent) : null;
    await recordVerdict(run, rails, verdict, outcome, error);
    if (error) errors.push(error);
    if (outcome === 'repair')
      toRepair.push(...verdict.problems.map((problem) => told(problem, verdict.guardrail)));
  }
  if (errors[0]) throw errors[0];
  return toRepair;
}

const isBlocking = ({ guardrail, problems }: RailVerdict) =>
  guardrail.action === 'block' && problems.length > 0;

function outcomeOf(verdict: RailVerdict, isFinal: boolean): Outcome {
  if (verdict.problems.length === 0) return 'passed';
  if (isBlocking(verdict)) return 'blocked';
  return verdict.guardrail.action === 'repair' && !isFinal ? 'repair' : 'noted';
}

/** In a span of its own, which fails with the error. */
async function recordVerdict(
  run: Run,
  { sha256 }: StepGuardrails,
  verdict: RailVerdict,
  outcome: Outcome,
  error: StepError | null,
): Promise<void> {
  const span = withSpan(
    {
      name: validation.name,
      scope: { [attribute.agentName]: roleName(run.module.type), [attribute.stepName]: validation.name },
      attributes: { [attribute.step]: validation.kind },
    },
    async (span) => {
      record(span, verdict, outcome, sha256);
      if (error) throw error;
    },
  );
  await span.catch((thrown: unknown) => {
    if (thrown !== error) throw thrown;
  });
}

function record(span: Span, { guardrail, problems }: RailVerdict, outcome: Outcome, sha256: string): void {
  const { id, action, check } = guardrail;
  const texts = problems.map(({ pointer, detail }) => `${pointer || '/'}: ${detail}`);
  recordGuardrail(span, id, texts);
  span.setAttributes({
    [attribute.guardrailAction]: action,
    [attribute.guardrailOutcome]: outcome,
    [attribute.guardrailFile]: sha256,
  });
  captureStep(validation.name, {
    inputs: { guardrail: id, description: guardrail.description, check },
    outputs: { passed: problems.length === 0, problems: texts },
  });
}

/** As the agent is told it: what is wrong, and why that matters. */
function told({ pointer, detail }: Finding, { description }: Guardrail): Finding {
  return { pointer, detail: `${detail} (${description})` };
}

function blocked({ guardrail, problems }: RailVerdict, agent: Agent): StepError {
  const where = problems.map(({ pointer, detail }) => `${pointer || '/'} ${detail}`).join('; ');
  const error = new StepError(
    'guardrail_blocked',
    `The guardrail ${guardrail.id} blocks the answer of ${agent.name}: ${where}`.slice(0, 2_000),
  );
  error.guardrail = guardrail.id;
  return error;
}
