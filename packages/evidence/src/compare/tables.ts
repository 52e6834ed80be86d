import { numbered } from '../numbered.ts';
import { type Block, heading, type Page, prose, section, verbatim } from '../page/page.ts';
import { duration, named, score } from '../show/labels.ts';
import type { Usage } from '../totals.ts';
import type { CriterionChange, Fate } from './criteria.ts';
import { rounded } from './measures.ts';
import type { RunComparison } from './runs.ts';
import { shownDiff, wordDiff } from './word-diff.ts';
import { resultOf } from './words-of.ts';

/** Every criterion and constraint of which a run judged anything otherwise. */
export function criterionEntries({ criteria }: RunComparison): Page {
  const fates = ({ fate_before, fate_now }: CriterionChange) => [fateWords(fate_before), fateWords(fate_now)];
  const isOther = (change: CriterionChange) =>
    change.match !== 'the same' || fates(change)[0] !== fates(change)[1] || change.before !== change.now;
  const changed = criteria.filter(isOther);
  const same = criteria.length - changed.length;
  return [
    ...section(
      'By criterion',
      changed.map((change) => ({
        head: criterionHead(change),
        body: fates(change)
          .map((words, index) => `${index === 0 ? 'before' : 'now'}: ${words}`)
          .join('\n'),
      })),
    ),
    ...(changed.length > 0 && same > 0 ? [prose(`The other ${same} are the same and fared the same.`)] : []),
  ];
}

function criterionHead({ before, now, match, text_before, text_now }: CriterionChange): string {
  const id = before === null || now === null || before === now ? (now ?? before ?? '') : `${before} → ${now}`;
  if (match === 'reworded')
    return `${id} in other words: ${shownDiff(wordDiff(text_before ?? '', text_now ?? ''))}`;
  const labelled = named(id, text_now ?? text_before, 80);
  return match === 'the same' ? labelled : `${match} ${labelled}`;
}

/** `4 of 6 items, mean 0.71; plan pass fully_met 1`. */
function fateWords({ passed, judged, mean, plan }: Fate): string {
  const items =
    judged > 0
      ? [`${passed} of ${numbered(judged, 'item')}${mean === null ? '' : `, mean ${score(mean)}`}`]
      : [];
  return [...items, ...(plan ? [`plan ${resultOf(plan)}`] : [])].join('; ') || 'not judged';
}

/** Word diffs: of the outlines, then of the items as they ended, or their originals where none was finished. */
export function textBlocks({ texts }: RunComparison, most: number): Page {
  const isFinished = texts.some(({ id }) => id.endsWith(' final'));
  const isShown = (id: string) => (isFinished ? !/-a\d+$/.test(id) : true);
  const changed = texts.filter(({ id, change }) => change === 'words' && isShown(id));
  const lost = (side: string) =>
    texts.filter(({ id, change }) => change === side && isShown(id)).map(({ id }) => id);
  const [before, now] = [lost('only before'), lost('only now')];
  return [
    ...changed.slice(0, most).map(({ id, diff }) => verbatim(`Text ${id}`, shownDiff(diff))),
    ...(changed.length > most
      ? [prose(`and ${numbered(changed.length - most, 'more text')} with other words (--md, --json)`)]
      : []),
    ...(before.length > 0 ? [prose(`Texts only before: ${before.join(', ')}`)] : []),
    ...(now.length > 0 ? [prose(`Texts only now: ${now.join(', ')}`)] : []),
  ];
}

export function promptBlocks({ prompts }: RunComparison): Page {
  return prompts.map(({ agent, before, now, diff }): Block => {
    const versions = [before, now].map((prompt) => `${prompt?.version} ${prompt?.sha256.slice(0, 12)}`);
    const words = diff ? shownDiff(diff) : 'Its words are not in both traces.';
    return verbatim(`Prompt of ${agent}, ${versions.join(' → ')}`, words);
  });
}

/** Of each agent whose calls, tokens or cost are others, and of the whole; nothing where there is none and nothing else differs. */
export function usageTable(
  name: string,
  { agents, before, now, is_same }: UsageChange & { is_same: boolean },
): Page {
  const all: [string, Usage | null, Usage | null] = ['all', before.usage, now.usage];
  const others = agents
    .map(({ agent, before, now }): typeof all => [agent, before, now])
    .filter(([, old, fresh]) => spent(old) !== spent(fresh));
  if (is_same && others.length === 0) return [];
  const cell = (of: (usage: Usage) => string) => (old: Usage | null, fresh: Usage | null) => {
    const [left, right] = [old, fresh].map((usage) => (usage ? of(usage) : '–'));
    return left === right ? (left ?? '') : `${left} → ${right}`;
  };
  const columns = [
    cell(({ calls }) => rounded(calls)),
    cell(({ input_tokens }) => rounded(input_tokens)),
    cell(({ output_tokens }) => rounded(output_tokens)),
    cell(({ cost_usd }) => (cost_usd === null ? 'unknown' : `$${cost_usd.toFixed(4)}`)),
    cell(({ duration_ms }) => duration(duration_ms)),
  ];
  const rows = [...others, all].map(([name, old, fresh]) => [
    name,
    ...columns.map((column) => column(old, fresh)),
  ]);
  return [
    heading(name),
    {
      is: 'table',
      rows: [['agent', 'calls', 'tokens in', 'tokens out', 'cost', 'model time'], ...rows],
      numbers: [1, 2, 3, 4, 5],
    },
  ];
}

/** What each agent used, and all of them. */
interface UsageChange {
  agents: { agent: string; before: Usage | null; now: Usage | null }[];
  before: { usage: Usage };
  now: { usage: Usage };
}

function spent(usage: Usage | null): string {
  return usage ? [usage.calls, usage.input_tokens, usage.output_tokens, usage.cost_usd].join(' ') : '';
}
