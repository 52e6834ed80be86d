import type { ItemText, Suggestion } from '../../reading/index.ts';
import type { Found } from '../finding.ts';
import { overMany, placeOf } from '../rule.ts';
import { shareRange, sureOf } from '../statistics.ts';
import { stands } from './feedback.ts';
import { cutIn, howUnusable } from './run-wide.ts';

interface Given {
  run_id: string;
  trace_id: string;
  span_id: string;
  agent: string;
  id: string;
  text: string | null;
  isTold: boolean;
  isAddressed: boolean;
  gained: number | null;
  isKept: boolean;
  tokens: number;
  cost_usd: number | null;
}

const leastTold = 10;
/** Suggestions without effect that are shown. */
const mostShown = 3;

export const criticBalance = overMany<Given>(
  {
    id: 'critic.balance',
    severity: 'note',
    question:
      'What did each critic’s suggestions cost, and what came of them? (from 10 that a writer was told)',
  },
  (reading) =>
    reading.suggestions.map((suggestion): Given => {
      const { id, text, told, span_id, agent, status, item_id, attempt } = suggestion;
      const texts = reading.items.find((item) => item.id === item_id)?.texts ?? [];
      const [before, after] = [attempt, attempt + 1].map((number) =>
        texts.find((written) => written.attempt === number),
      );
      const paid = reading.calls.filter(({ step }) => step === span_id);
      const siblings = reading.suggestions.filter((other) => other.span_id === span_id).length;
      const sum = paid.reduce((all, call) => all + (call.input_tokens ?? 0) + (call.output_tokens ?? 0), 0);
      const costs = paid.map(({ cost_usd }) => cost_usd);
      return {
        ...placeOf(reading, null),
        ...{ span_id, agent, id, text },
        isTold: told !== null,
        isAddressed: status === 'addressed',
        gained: before?.score == null || after?.score == null ? null : after.score - before.score,
        isKept: told !== null && isInFinal(suggestion, texts),
        tokens: sum / siblings,
        cost_usd: costs.some((cost) => cost === null)
          ? null
          : costs.reduce<number>((all, cost) => all + (cost ?? 0), 0) / siblings,
      };
    }),
  (all) =>
    [...Map.groupBy(all, ({ agent }) => agent)].flatMap(([agent, given]): Found[] => {
      const told = given.filter(({ isTold }) => isTold);
      const [one] = told;
      if (!one || told.length < leastTold) return [];
      const count = (isSuch: (entry: Given) => boolean) => told.filter(isSuch).length;
      const isOfUse = ({ isAddressed, gained }: Given) => isAddressed && (gained ?? 0) > 0;
      const useful = count(isOfUse);
      const mean = (number: (entry: Given) => number) =>
        given.reduce((sum, entry) => sum + number(entry), 0) / given.length;
      const money = given.some(({ cost_usd }) => cost_usd === null)
        ? 'unknown cost'
        : `$${mean(({ cost_usd }) => cost_usd ?? 0).toFixed(4)}`;
      const inVain = told.filter((entry) => !isOfUse(entry) && entry.text !== null);
      return [
        {
          run_id: one.run_id,
          trace_id: one.trace_id,
          span_id: one.span_id,
          message: `${agent}: ${given.length} suggestions, ${told.length} told to a writer, ${count(({ isAddressed }) => isAddressed)} addressed, ${count(({ gained }) => (gained ?? 0) > 0)} with a higher score after, ${count(({ isKept }) => isKept)} still in the final text; ${Math.round(mean(({ tokens }) => tokens))} tokens and ${money} each.`,
          texts: inVain.slice(0, mostShown).map(({ id, run_id, text }) => ({
            name: `of no use, ${id} of run ${run_id.slice(0, 8)}`,
            text: text ?? '',
          })),
          measure: { name: 'share of use', value: useful / told.length },
          sure: sureOf(useful, told.length),
        },
      ];
    }),
);

/** Whether what shows a suggestion stands in the final text; without texts, whether that is of after it. */
function isInFinal({ attempt, evidence }: Suggestion, texts: ItemText[]): boolean {
  const final = texts.find(({ is_final }) => is_final === true);
  if (!final || final.attempt <= attempt) return false;
  if (final.text.state !== 'whole' || final.text.value === null) return true;
  return evidence !== null && stands(evidence, final.text.value);
}

interface Answered {
  run_id: string;
  trace_id: string;
  span_id: string;
  agent: string;
  version: string;
  isBad: boolean;
}

const leastAnswers = 5;
const leastBad = 3;
const tooMany = 0.1;

export const promptBehindFailures = overMany<Answered>(
  {
    id: 'prompt.behind_failures',
    severity: 'error',
    question:
      'Which prompt versions have many answers that were refused, cut off, of no use, or asked for again? (from 3 of 5)',
    taxonomy: 'MAST FM-1.1, disobey task specification',
  },
  (reading) => {
    const cut = cutIn(reading);
    return reading.steps.flatMap((step) => {
      const { counts, prompt_version, prompt_sha256, span_id, agent, ending } = step;
      const how = howUnusable(step, cut);
      // A prompt is not to blame where no answer came: the model was away, or the run was cancelled.
      if (!counts || prompt_version === null || (ending !== 'done' && how === null)) return [];
      return {
        ...placeOf(reading, null),
        span_id,
        agent,
        version: `${prompt_version} (${(prompt_sha256 ?? '').slice(0, 8)})`,
        isBad: how !== null,
      };
    });
  },
  (all) =>
    [...Map.groupBy(all, ({ agent, version }) => `${agent} ${version}`)].flatMap(([prompt, own]): Found[] => {
      const bad = own.filter(({ isBad }) => isBad);
      const [first] = bad;
      if (!first || own.length < leastAnswers || bad.length < leastBad) return [];
      if (shareRange(bad.length, own.length).low < tooMany) return [];
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
