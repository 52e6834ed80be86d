import type { RunReading, Step } from '../reading/index.ts';
import { stepLabel } from '../show/labels.ts';
import { madeBy } from './made-by.ts';

/** Where words stand in a run, outside the texts of its items. */
export interface Place {
  /** As a chain of evidence has it: `plan p1`, `criterion c2`, `goal`, `step <span>`. */
  key: string;
  /** In words, for people: `the outline of plan p1`. */
  where: string;
  texts: string[];
}

/** Everywhere that words of a run are kept but in its items' texts: the earliest kind first, prompts last. */
export function placesIn(reading: RunReading): Place[] {
  const { plans, requests, suggestions, verdicts, criteria, constraints, search, goal, context } = reading;
  const place = (key: string, where: string, ...texts: (string | null | undefined)[]): Place => ({
    key,
    where,
    texts: texts.filter((text) => typeof text === 'string'),
  });
  const steps = reading.steps.filter(({ counts }) => counts);
  return [
    place('goal', 'goal or context', goal.value, context),
    ...(search
      ? [
          place(
            'search',
            'what was searched',
            search.summary,
            ...search.sources.flatMap(({ title, note }) => [title, note]),
          ),
        ]
      : []),
    ...constraints.map(({ id, text, quote }) => place(`constraint ${id}`, `constraint ${id}`, text, quote)),
    ...criteria.map(({ id, text, reasoning }) =>
      place(`criterion ${id}`, `criterion ${id}`, text, reasoning),
    ),
    ...plans.map(({ id, title, description, reasoning, items }) =>
      place(
        `plan ${id}`,
        `the outline of plan ${id}`,
        title,
        description,
        reasoning,
        ...items.flatMap((item) => [item.title, item.description]),
      ),
    ),
    ...requests.map(({ id, text, reasoning, approval }) =>
      place(`request ${id}`, `request ${id}`, text, reasoning, approval?.reasoning),
    ),
    ...suggestions.map(({ id, text, evidence }) =>
      place(`suggestion ${id}`, `suggestion ${id}`, text, evidence),
    ),
    ...verdicts.map(({ id, explanation }) => place(`verdict ${id}`, `verdict ${id}`, explanation)),
    ...steps.map((step) =>
      place(
        madeBy(reading, step.span_id),
        `the answer of ${stepLabel(step)}`,
        step.reasoning,
        ...stringsIn(step.outputs),
      ),
    ),
    ...steps.map((step) =>
      place(`step ${step.span_id}`, `the prompt of ${stepLabel(step)}`, ...promptTexts(step)),
    ),
  ];
}

/** The words of the prompt, and the strings of the data in it. */
function promptTexts({ prompt, input }: Step): string[] {
  const own = (prompt.value ?? []).filter(({ role }) => role === 'system').map(({ content }) => content);
  return [...own, ...stringsIn(input)];
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}
