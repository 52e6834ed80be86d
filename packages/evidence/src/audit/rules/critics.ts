import type { Found } from '../finding.ts';
import { overMany, placeOf } from '../rule.ts';
import { shareRange, sureOf } from '../statistics.ts';

interface Told {
  run_id: string;
  trace_id: string;
  span_id: string;
  agent: string;
  isAddressed: boolean;
  gained: number | null;
  isKept: boolean;
  tokens: number;
  cost_usd: number | null;
}

const leastTold = 10;

export const criticBalance = overMany<Told>(
  {
    id: 'critic.balance',
    severity: 'note',
    question:
      'What did each critic’s suggestions cost, and what came of them? (from 10 that a writer was told)',
  },
  (reading) =>
    reading.suggestions.flatMap(({ told, span_id, agent, status, item_id, attempt }) => {
      if (told === null) return [];
      const texts = reading.items.find(({ id }) => id === item_id)?.texts ?? [];
      const before = texts.find((text) => text.attempt === attempt);
      const after = texts.find((text) => text.attempt === attempt + 1);
      const paid = reading.calls.filter(({ step }) => step === span_id);
      const siblings = reading.suggestions.filter((other) => other.span_id === span_id).length;
      const sum = paid.reduce((all, call) => all + (call.input_tokens ?? 0) + (call.output_tokens ?? 0), 0);
      const costs = paid.map(({ cost_usd }) => cost_usd);
      return {
        ...placeOf(reading, null),
        span_id,
        agent,
        isAddressed: status === 'addressed',
        gained: before?.score == null || after?.score == null ? null : after.score - before.score,
        isKept: texts.some((text) => text.is_final === true && text.attempt > attempt),
        tokens: sum / siblings,
        cost_usd: costs.some((cost) => cost === null)
          ? null
          : costs.reduce<number>((all, cost) => all + (cost ?? 0), 0) / siblings,
      };
    }),
  (all) =>
    [...Map.groupBy(all, ({ agent }) => agent)].flatMap(([agent, told]): Found[] => {
      const [one] = told;
      if (!one || told.length < leastTold) return [];
      const count = (isSuch: (entry: Told) => boolean) => told.filter(isSuch).length;
      const useful = count(({ isAddressed, gained }) => isAddressed && (gained ?? 0) > 0);
      const mean = (number: (entry: Told) => number) =>
        told.reduce((sum, entry) => sum + number(entry), 0) / told.length;
      const money = told.some(({ cost_usd }) => cost_usd === null)
        ? 'unknown cost'
        : `$${mean(({ cost_usd }) => cost_usd ?? 0).toFixed(4)}`;
      return [
        {
          run_id: one.run_id,
          trace_id: one.trace_id,
          span_id: one.span_id,
          message: `${agent}: ${told.length} suggestions told, ${count(({ isAddressed }) => isAddressed)} addressed, ${count(({ gained }) => (gained ?? 0) > 0)} with a higher score after, ${count(({ isKept }) => isKept)} in a final text; ${Math.round(mean(({ tokens }) => tokens))} tokens and ${money} each.`,
          texts: [],
          measure: { name: 'share of use', value: useful / told.length },
          sure: sureOf(useful, told.length),
        },
      ];
    }),
);

interface Answered {
  run_id: string;
  trace_id: string;
  span_id: string;
  agent: string;
  version: string;
  isBad: boolean;
}

const leastAnswers = 5;
const tooMany = 0.1;

export const promptBehindFailures = overMany<Answered>(
  {
    id: 'prompt.behind_failures',
    severity: 'error',
    question:
      'Which prompt versions have many answers that failed, were refused, cut off or asked for again? (from 5)',
    taxonomy: 'MAST FM-1.1, disobey task specification',
  },
  (reading) => {
    const cut = new Set(
      reading.calls.filter(({ finish_reasons }) => finish_reasons.includes('length')).map(({ step }) => step),
    );
    return reading.steps.flatMap((step) => {
      const { counts, prompt_version, prompt_sha256, span_id, agent, error } = step;
      // A prompt is not to blame for a cancelled run.
      if (!counts || prompt_version === null || error?.type === 'cancelled') return [];
      return {
        ...placeOf(reading, null),
        span_id,
        agent,
        version: `${prompt_version} (${(prompt_sha256 ?? '').slice(0, 8)})`,
        isBad: step.ending === 'failed' || step.is_refused || step.is_repaired || cut.has(span_id),
      };
    });
  },
  (all) =>
    [...Map.groupBy(all, ({ agent, version }) => `${agent} ${version}`)].flatMap(([prompt, own]): Found[] => {
      const bad = own.filter(({ isBad }) => isBad);
      const [first] = bad;
      if (!first || own.length < leastAnswers || shareRange(bad.length, own.length).low < tooMany) return [];
      return [
        {
          run_id: first.run_id,
          trace_id: first.trace_id,
          span_id: first.span_id,
          message: `Prompt ${prompt} is behind ${bad.length} unusable answers of ${own.length}.`,
          texts: [],
          measure: { name: 'share unusable', value: bad.length / own.length },
          sure: sureOf(bad.length, own.length),
        },
      ];
    }),
);
