import { facts, heading, type Page, section, title } from '../page/page.ts';
import type { Item, ItemText, RunReading, Verdict } from '../reading/index.ts';
import { decisionBlocks, suggestionEntry, verdictBlocks, verdictEntry } from './evidence-of.ts';
import { itemLabel, named, score, spanLabel, words } from './labels.ts';
import { recordedBlock } from './step-page.ts';
import { requestEntry } from './thing-pages.ts';

/** An item: its texts, what was found wrong with it, what was asked and what came of it. */
export function itemPage(item: Item, reading: RunReading): Page {
  const requests = reading.requests.filter(({ item_id }) => item_id === item.id);
  const decisions = reading.decisions.filter(({ about }) => about.item_id === item.id);
  const final = item.texts.find(({ is_final }) => is_final);
  const verdicts = reading.verdicts.filter(({ item_id }) => item_id === item.id);
  return [
    title(named(`item ${item.id}`, item.title, 200)),
    facts(['plan', item.plan_id], ['outline', item.outline]),
    ...section(
      'Texts',
      item.texts.map((text) => textEntry(text, reading)),
    ),
    ...verdictTable(verdicts, reading),
    ...section(
      'What failed',
      verdicts.filter(({ pass }) => pass === false).map((verdict) => verdictEntry(verdict, reading, 'item')),
    ),
    ...section('Revision requests', requests.map(requestEntry)),
    ...decisions.flatMap((decision) => decisionBlocks(decision, reading)),
    ...section(
      'Suggestions',
      reading.suggestions.filter(({ item_id }) => item_id === item.id).map(suggestionEntry),
    ),
    ...(final ? recordedBlock(`Final text (${final.id})`, final.text, (text) => text) : []),
  ];
}

/** A line for each criterion, a column for each judgement of one of the item's texts. */
function verdictTable(verdicts: Verdict[], reading: RunReading): Page {
  const columnOf = ({ attempt }: Verdict) =>
    attempt === null ? 'expanded' : attempt === 0 ? 'original' : `attempt ${attempt}`;
  const columns = [...new Set(verdicts.map(columnOf))];
  const criteria = [...new Set(verdicts.map(({ criterion_id }) => criterion_id))];
  if (verdicts.length === 0) return [];
  const cell = (criterion: string | null, column: string) => {
    const found = verdicts.find(
      (verdict) => verdict.criterion_id === criterion && columnOf(verdict) === column,
    );
    return found ? `${found.pass ? 'pass' : 'fail'} ${score(found.score)}` : '–';
  };
  return [
    heading('Verdicts'),
    {
      is: 'table',
      rows: [
        ['', ...columns, 'criterion'],
        ...criteria.map((id) => [
          id ?? '',
          ...columns.map((column) => cell(id, column)),
          reading.criteria.find((criterion) => criterion.id === id)?.text ?? '',
        ]),
      ],
    },
  ];
}

function textEntry(
  { id, span_id, size, score: judged, meets_criteria, is_final, judged_by }: ItemText,
  reading: RunReading,
) {
  return {
    head: words(
      `${id}  ${spanLabel(reading, span_id)}  ${span_id}`,
      size !== null && `${size} bytes`,
      judged_by !== null && `score ${score(judged)}`,
      meets_criteria !== null && (meets_criteria ? 'meets its criteria' : 'falls short of its criteria'),
      is_final && 'in the final plan',
    ),
    tone: is_final ? ('good' as const) : undefined,
  };
}

/** One text of an item, whole. */
export function textPage(item: Item, text: ItemText, reading: RunReading): Page {
  const verdicts = reading.verdicts.filter(
    ({ item_id, attempt, kind }) =>
      item_id === item.id && (attempt === text.attempt || (text.attempt === 0 && kind === 'item_criterion')),
  );
  return [
    title(`text ${text.id}`),
    facts(
      ['item', itemLabel(reading, item.id)],
      ['what', text.attempt === 0 ? 'the original' : `attempt ${text.attempt} at its revision`],
      ['written by', `${spanLabel(reading, text.span_id)}, ${text.agent}  ${text.span_id}`],
      ['judged by', text.judged_by && `${spanLabel(reading, text.judged_by)}  ${text.judged_by}`],
      ['score', text.judged_by && score(text.score)],
      [
        'final plan',
        text.is_final === null ? null : text.is_final ? 'it stands in it' : 'it does not stand in it',
      ],
    ),
    ...section(
      'Changes its writer set out to make',
      text.changes.map((head) => ({ head })),
    ),
    ...section(
      'Suggestions its writer was told',
      reading.suggestions.filter(({ told }) => told === text.span_id).map(suggestionEntry),
    ),
    ...verdictBlocks(verdicts, reading, 'item'),
    ...section(
      'Suggestions made on it',
      reading.suggestions
        .filter(({ item_id, attempt }) => item_id === item.id && attempt === text.attempt)
        .map(suggestionEntry),
    ),
    ...recordedBlock('Text', text.text, (whole) => whole),
  ];
}
