import type {
  Call,
  Constraint,
  Criterion,
  Item,
  ItemText,
  Plan,
  RevisionRequest,
  RunReading,
  Step,
  Suggestion,
} from '../reading/index.ts';

/** What of a run is meant. */
export type Found =
  | { kind: 'run' }
  | { kind: 'step'; step: Step }
  | { kind: 'steps'; steps: Step[] }
  | { kind: 'call'; call: Call }
  | { kind: 'criterion'; criterion: Criterion }
  | { kind: 'constraint'; constraint: Constraint }
  | { kind: 'plan'; plan: Plan }
  | { kind: 'item'; item: Item }
  | { kind: 'text'; item: Item; text: ItemText }
  | { kind: 'request'; request: RevisionRequest }
  | { kind: 'suggestion'; suggestion: Suggestion };

/** Nothing has this id, or more than one thing; the message lists what there is. */
export class NotShownError extends Error {
  override name = 'NotShownError';
}

/**
 * What these words mean in a run: an id, a call key or the beginning of a span id; or the steps for which each word is
 * their name, agent, kind of decision or verdict, module (`module3`), item, criterion, plan or attempt (`a2`).
 *
 * @throws NotShownError
 */
export function find(reading: RunReading, words: string[]): Found {
  const [word, ...more] = words;
  if (word === undefined) return { kind: 'run' };
  const one = more.length === 0 ? (byId(reading, word) ?? bySpan(reading, word)) : null;
  if (one) return one;
  const steps = reading.steps.filter((step) => words.every((each) => isOf(step, each, reading)));
  const counting = steps.filter(({ counts }) => counts);
  const [first, ...others] = counting.length > 0 ? counting : steps;
  if (!first) throw new NotShownError(unknown(reading, words));
  return others.length === 0 ? { kind: 'step', step: first } : { kind: 'steps', steps: [first, ...others] };
}

/** Ids are as the run's outputs have them; those of texts are `p1-i2-a0` for the original, `p1-i2-a1`, … */
function byId(reading: RunReading, id: string): Found | null {
  const has = (entry: { id: string }) => entry.id === id;
  const criterion = reading.criteria.find(has);
  if (criterion) return { kind: 'criterion', criterion };
  const constraint = reading.constraints.find(has);
  if (constraint) return { kind: 'constraint', constraint };
  const plan = reading.plans.find(has);
  if (plan) return { kind: 'plan', plan };
  const item = reading.items.find(has) ?? outlined(reading, id);
  if (item) return { kind: 'item', item };
  for (const owner of reading.items) {
    const text = owner.texts.find(has);
    if (text) return { kind: 'text', item: owner, text };
  }
  const request = reading.requests.find(has);
  if (request) return { kind: 'request', request };
  const suggestion = reading.suggestions.find(has);
  if (suggestion) return { kind: 'suggestion', suggestion };
  const call = reading.calls.findLast(({ key }) => key === id);
  return call ? { kind: 'call', call } : null;
}

/** An item of a plan that was not selected has no text beyond its outline. */
function outlined(reading: RunReading, id: string): Item | null {
  for (const plan of reading.plans) {
    const item = plan.items.find((entry) => entry.id === id);
    if (item) return { id, plan_id: plan.id, title: item.title, outline: item.description, texts: [] };
  }
  return null;
}

function bySpan(reading: RunReading, id: string): Found | null {
  if (!/^[0-9a-f]{4,16}$/i.test(id)) return null;
  const begins = ({ span_id }: { span_id: string }) => span_id.startsWith(id.toLowerCase());
  const steps = reading.steps.filter(begins);
  const calls = reading.calls.filter(begins);
  const modules = reading.modules.filter(begins);
  if (steps.length + calls.length + modules.length > 1) {
    const ids = [...steps, ...calls, ...modules].map(({ span_id }) => span_id);
    throw new NotShownError(`Several spans begin with ${id}: ${ids.join(', ')}.`);
  }
  const [step, call, module] = [steps[0], calls[0], modules[0]];
  if (step) return { kind: 'step', step };
  if (call) return { kind: 'call', call };
  return module
    ? { kind: 'steps', steps: reading.steps.filter((other) => other.module === module.number) }
    : null;
}

function isOf(step: Step, word: string, reading: RunReading): boolean {
  const { about } = step;
  const lower = word.toLowerCase();
  const names = [
    step.name,
    step.agent,
    `module${step.module}`,
    `m${step.module}`,
    `run_module_${step.module}`,
  ];
  if (names.some((name) => name.toLowerCase() === lower)) return true;
  if ([about.item_id, about.criterion_id, about.plan_id].includes(word)) return true;
  if (about.attempt !== null && [`a${about.attempt}`, `#${about.attempt}`].includes(lower)) return true;
  if (step.span_id.startsWith(lower) && lower.length >= 4) return true;
  const kinds = [
    ...reading.decisions.filter(({ span_id }) => span_id === step.span_id).map(({ kind }) => kind),
    ...reading.verdicts.filter(({ span_id }) => span_id === step.span_id).map(({ kind }) => kind),
  ];
  return kinds.includes(word);
}

function unknown(reading: RunReading, words: string[]): string {
  const ids = (list: { id: string }[]) => list.map(({ id }) => id).join(', ');
  const texts = reading.items.flatMap((item) => item.texts);
  const known: [string, string][] = [
    ['steps', [...new Set(reading.steps.map(({ name }) => name))].join(', ')],
    [
      'agents',
      [...new Set(reading.steps.filter(({ model }) => model !== null).map(({ agent }) => agent))].join(', '),
    ],
    ['criteria', ids(reading.criteria)],
    ['constraints', ids(reading.constraints)],
    ['plans', ids(reading.plans)],
    ['items', ids(reading.items)],
    ['texts', ids(texts.filter(({ attempt }) => attempt > 0))],
    ['requests', ids(reading.requests)],
    ['suggestions', ids(reading.suggestions)],
  ];
  const lines = known.flatMap(([name, list]) => (list === '' ? [] : [`  ${name}: ${list}`]));
  const what = words.length === 1 ? `“${words[0]}”` : `all of “${words.join(' ')}”`;
  return [
    `Nothing in this run is ${what}. There are`,
    ...lines,
    '  and span ids and call keys; several words narrow steps down, as in `expansion_evaluation p1-i2 c1`.',
  ].join('\n');
}
