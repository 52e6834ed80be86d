import { randomUUID } from 'node:crypto';
import {
  ask,
  createBudget,
  createLedger,
  createMemoryJournal,
  defineAgent,
  type ModelClient,
  type ModelSettings,
  type Run,
  renderInput,
} from '@agento/agent';
import type { AgentUsage, ModuleInfo } from '@agento/contracts';
import {
  type CritiqueAnswer,
  critiqueStep,
  fileOf,
  type GuardrailFile,
  proposalFaults,
} from '@agento/guardrails';
import { attribute, referenceOf, withSpan } from '@agento/tracing';
import Type from 'typebox';
import type { Evidence } from './evidence.ts';

export const guardrailCritic = defineAgent(
  critiqueStep,
  new URL('../prompts/guardrail-critic.md', import.meta.url),
);

/** The critic's place: it is no module of the chain. */
const place: ModuleInfo = {
  number: 0,
  port: 0,
  type: 'guardrail_critic',
  title: 'Critic',
  input: critiqueStep.input,
  output: Type.Object({}),
  adds: Type.Object({}),
  steps: [critiqueStep],
};

/** What the critic made of the findings. */
export interface Critique {
  trace_id: string;
  run_id: string;
  model: string;
  usage: AgentUsage[];
  answer: CritiqueAnswer;
  /** The proposals, checked; null if there are none. */
  file: GuardrailFile | null;
}

/** What asking the critic takes: tokens of the prompt, and of an answer of the usual length and of the longest. */
export interface CritiqueCost {
  model: string;
  input_tokens: number;
  output_tokens: readonly [usual: number, most: number];
  /** US dollars for these; null without a price. */
  usd: readonly [usual: number, most: number] | null;
}

const bytesPerToken = 4;
/** A proposal takes about 300 tokens; reasoning may be hidden. */
const usualAnswer = 2_500;

export function critiqueCost({ input }: Evidence, settings: ModelSettings): CritiqueCost {
  const model = settings.modelOf(guardrailCritic.name);
  const bytes = Buffer.byteLength(guardrailCritic.prompt.text) + Buffer.byteLength(renderInput(input));
  const input_tokens = Math.ceil(bytes / bytesPerToken);
  const most = settings.maxTokens ?? critiqueStep.maxTokens ?? usualAnswer;
  const usual = Math.min(usualAnswer, most);
  const price = (output: number) =>
    settings.prices(model, settings.provider, { input: input_tokens, output })?.usd;
  const [low, high] = [price(usual), price(most)];
  return {
    model,
    input_tokens,
    output_tokens: [usual, most],
    usd: low === undefined || high === undefined ? null : [low, high],
  };
}

/**
 * Asks the critic for guardrails, in a trace of its own that links to each span it read. A proposal that cannot be used is
 * sent back once.
 *
 * @throws StepError as `ask`
 */
export function critique(
  { input, findings, spans }: Evidence,
  { models, signal }: { models: ModelClient; signal: AbortSignal },
): Promise<Critique> {
  const id = randomUUID();
  const ledger = createLedger(place.number);
  const run: Run = {
    id,
    module: place,
    signal,
    models,
    maxAttempts: 1,
    ledger,
    journal: createMemoryJournal(),
    budget: createBudget({ limits: {}, earlier: [], ledger, settings: models.settings }),
    guardrails: null,
    emit: () => {},
  };
  const links = spans.map((to) => ({ to, relationship: 'finding' }));
  const scope = { [attribute.agentName]: guardrailCritic.name, [attribute.runId]: id };
  return withSpan(
    { name: 'critique', scope, links, attributes: { [attribute.step]: 'critique' } },
    async (span) => {
      const answer = await ask(run, guardrailCritic, {
        input,
        links: { finding: spans.map((to) => ({ to })) },
        given: { findings: input.findings.map(({ id, rule }) => ({ id, rule })) },
        check: (answer) => [...unknownIds(answer, findings), ...proposalFaults(answer)],
        make: (answer) => answer,
        outcome: ({ proposals }) => ({
          summary: `${proposals.length} guardrails proposed`,
          attributes: {},
        }),
      });
      const file = fileOf(answer, (id) => `${id} ${findings.get(id)?.rule ?? ''}`.trim());
      return {
        trace_id: referenceOf(span).trace_id,
        run_id: id,
        model: models.settings.modelOf(guardrailCritic.name),
        usage: ledger.entries(),
        answer,
        file: answer.proposals.length > 0 ? file : null,
      };
    },
  );
}

function unknownIds({ proposals, left_out }: CritiqueAnswer, findings: Evidence['findings']) {
  const detail = (id: string) => `there is no finding ${id.slice(0, 40)}`;
  return [
    ...proposals.flatMap((proposal, index) =>
      proposal.findings.flatMap((id, at) =>
        findings.has(id) ? [] : [{ pointer: `/proposals/${index}/findings/${at}`, detail: detail(id) }],
      ),
    ),
    ...left_out.flatMap(({ finding }, index) =>
      findings.has(finding) ? [] : [{ pointer: `/left_out/${index}/finding`, detail: detail(finding) }],
    ),
  ];
}
