import type { ConstraintView } from '@agento/contracts';
import { figureOf, type Goal, readGoal } from './language/goal.ts';
import { hash, pick, rank } from './language/hash.ts';
import { capital, shorten } from './language/text.ts';
import { overlap } from './language/words.ts';
import { type Criterion, common, type Pattern, patterns, type Topic } from './patterns.ts';

/** The start of an agent's input, all of it optional: older callers and people omit parts. */
export interface Given {
  goal: string;
  constraints?: ConstraintView[];
  context?: string;
}

/** A goal and its limits as the rules interpret them. */
export interface Brief {
  goal: string;
  spoken: Goal;
  pattern: Pattern;
  limits: readonly ConstraintView[];
  /** The limits without a criterion of their own. */
  further: readonly ConstraintView[];
  /** The total weeks given by the brief; undefined if it gives none and twelve are assumed. */
  weeks: number | undefined;
  /** Criteria that can be proposed, with their placeholders filled: those in the brief's own words first. */
  criteria: readonly Criterion[];
  topics: readonly Topic[];
  fill(text: string, more?: Record<string, string>): string;
}

const assumedWeeks = 12;
const remembered = new Map<string, Brief>();
const longestRemembered = 65_536;

/** Everything the rules find in a goal and its constraints; cached, since a run needs it seventy times. */
export function briefOf({ goal, constraints = [] }: Given): Brief {
  const limits = constraints.slice(0, 12);
  const key = JSON.stringify([goal, limits.map(({ kind, quote }) => [kind, quote])]);
  const known = remembered.get(key);
  if (known) return known;
  const spoken = readGoal(goal);
  const pattern = patterns[spoken.pattern];
  const weeks = weeksIn([goal.slice(0, 600), ...limits.map(({ quote }) => quote.slice(0, 400))]);
  const places: Record<string, string> = {
    act: spoken.act,
    doing: spoken.doing,
    thing: spoken.thing,
    tail: spoken.tail,
    figure: figureOf(goal),
    said: spoken.thing === 'the undertaking' && spoken.pattern !== 'vague' ? shorten(spoken.said, 60) : '',
    n: String(pick([7, 8, 9], goal, 'n')),
    early: week(weeks, 0.3),
    late: week(weeks, 0.7),
  };
  const fill = (text: string, more: Record<string, string> = {}) =>
    text.replace(/\{(\w+)\}/g, (_place, name: string) => more[name] ?? places[name] ?? '');
  const filled = (criterion: Criterion, more: Record<string, string> = {}): Criterion => ({
    at: criterion.at,
    text: capital(fill(criterion.text, more)),
    why: capital(fill(criterion.why, more)),
    first: fill(criterion.first, { part: '{part}', ...more }),
    second: fill(criterion.second, { part: '{part}', ...more }),
  });
  const chosen = distinctKinds(limits);
  const bound = limits.map(({ quote }) => quote).join('\n');
  const isNew = (words: string | undefined) => words !== undefined && words !== '' && !bound.includes(words);
  const brief: Brief = {
    goal,
    spoken,
    pattern,
    limits,
    further: limits.filter((limit) => !chosen.includes(limit)),
    weeks,
    fill,
    criteria: [
      ...chosen.map(({ kind, quote }) => filled(common.limits[kind], { limit: limitText(quote) })),
      ...(isNew(places.said) ? [filled(common.words.quoted)] : []),
      ...(isNew(places.figure) ? [filled(common.words.figure)] : []),
      ...(isNew(places.tail) && overlap(spoken.tail, bound) === 0 ? [filled(common.words.tail)] : []),
      ...rank(pattern.criteria, () => 0, goal).map((criterion) => filled(criterion)),
    ],
    topics: pattern.topics.map(({ steps, ...topic }) => ({
      ...(Object.fromEntries(
        Object.entries(topic).map(([name, text]) => [
          name,
          name === 'part' ? fill(text) : capital(fill(text)),
        ]),
      ) as Omit<Topic, 'steps'>),
      steps: steps.map((step) => capital(fill(step))),
    })),
  };
  if (key.length > longestRemembered) return brief;
  if (remembered.size >= 200) remembered.clear();
  remembered.set(key, brief);
  return brief;
}

const strict = /\b(?:must|before|by|until|at most|no more than|within|under|only|not|never|without)\b/i;

function strictness({ quote }: ConstraintView): number {
  return Number(strict.test(quote)) + Number(/\d/.test(quote));
}

/** The limits that become criteria: up to three, the strictest of each kind. */
function distinctKinds(limits: readonly ConstraintView[]): ConstraintView[] {
  const kinds = new Map<string, ConstraintView>();
  for (const limit of limits) {
    const known = kinds.get(limit.kind);
    if (!known || strictness(limit) > strictness(known)) kinds.set(limit.kind, limit);
  }
  return [...kinds.values()].slice(0, 3);
}

/** A limit as quoted in a sentence. */
export function limitText(quote: string): string {
  return shorten(quote.replace(/["“”]/g, '’'), 110);
}

const weekNumbers = [
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
];
const duration = new RegExp(
  `\\b(?:within|in|over|during)(?: at most| no more than| the next| about)* (\\d{1,3}|${weekNumbers.join('|')}) (week|month|year)s?\\b`,
  'i',
);

/** "within six months" → 26; at most two years, so that weeks stay readable. */
function weeksIn(texts: readonly string[]): number | undefined {
  for (const text of texts) {
    const [, amount = '', unit = ''] = duration.exec(text) ?? [];
    const count = Number(amount) || weekNumbers.indexOf(amount.toLowerCase()) + 1;
    const weeks = Math.round(count * ({ week: 1, month: 4.33, year: 52 }[unit.toLowerCase()] ?? 0));
    if (weeks >= 2 && weeks <= 104) return weeks;
  }
  return undefined;
}

function week(weeks: number | undefined, share: number): string {
  return `week ${Math.max(1, Math.ceil((weeks ?? assumedWeeks) * share))}`;
}

/** The due date of the item at this position. */
export function dueAt({ weeks }: Brief, place: number, count: number): string {
  return week(weeks, (place + 1) / Math.max(1, count));
}

/** The two clauses with which a text covers a criterion: the first alone in part, both in full. `part` is an item's. */
export function clausesOf(brief: Brief, criterion: string, part: string): { first: string; second: string } {
  const found = brief.criteria.find(({ text }) => text === criterion);
  if (!found) return clausesFromWords(criterion, part);
  const named = (text: string) => text.replaceAll('{part}', () => part);
  return { first: named(found.first), second: named(found.second) };
}

/** Whether a criterion concerns an item with this title; a criterion written by people concerns every item. */
export function concerns({ criteria, topics }: Brief, criterion: string, title: string): boolean {
  const found = criteria.find(({ text }) => text === criterion);
  const place = topics.findIndex((topic) => topic.title === title);
  return !found || place < 0 || found.at.includes(place);
}

/** A criterion written by people is quoted in two halves. */
function clausesFromWords(criterion: string, part: string): { first: string; second: string } {
  const words = criterion.slice(0, 1200).replace(/[“”]/g, '"').trim().replace(/\.$/, '').split(/\s+/);
  if (words.length < 4) {
    return {
      first: `${part} prepares the ground for it`,
      second: `“${words.join(' ')}” is carried out and checked`,
    };
  }
  const half = Math.ceil(words.length * 0.45);
  return {
    first: `${part} takes up the point “${words.slice(0, half).join(' ')}”`,
    second: `so it does with the rest, “${words.slice(half).join(' ')}”, under one name and with a date`,
  };
}

/** The pattern's topic with that title; an item written by people uses the closest one, under its own title. */
export function topicOf(brief: Brief, title: string, description: string): Topic {
  const exact = brief.topics.find((topic) => topic.title === title);
  if (exact) return exact;
  const start = `${title} ${description.slice(0, 2000)}`;
  const [near] = rank(brief.topics, (topic) => overlap(`${topic.title} ${topic.description}`, start), title);
  const topic = near ?? pick(brief.topics, title);
  return { ...topic, title, part: `“${shorten(title.replace(/["“”]/g, ''), 60) || 'this item'}”` };
}

/** True for one in `parts`, always the same for the same texts. */
export function oneIn(parts: number, ...texts: string[]): boolean {
  return hash(...texts) % parts === 0;
}
