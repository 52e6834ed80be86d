import type { Criterion, Domain, Topic } from './domains/domain.ts';
import { domains, generalDomains } from './domains/index.ts';
import { otherScripts } from './domains/other-scripts.ts';
import { hash, pick, rank } from './language/hash.ts';
import { type Subject, subjectOf } from './language/subject.ts';
import { contentWords, overlap, plain, stem, tokens } from './language/words.ts';

/** What the rules know of a goal: its walks of life (one or two), and how to speak of it. */
export interface Knowledge {
  goal: string;
  subject: Subject;
  /** The walk of life that fits best, and a second where the goal speaks of two. */
  domains: readonly [Domain, ...Domain[]];
  /** Fills `{subject}` and `{whole}`. */
  fill(text: string): string;
}

type Pattern = { stems: string[]; weight: number };
/** A domain's words by their first stem, so that a goal is looked up word by word. */
const patterns = new Map<Domain, Map<string, Pattern[]>>(
  [...domains, ...generalDomains].map((domain) => {
    const byFirst = new Map<string, Pattern[]>();
    for (const word of domain.words) {
      const stems = tokens(word).map(stem);
      const first = stems[0] ?? '';
      byFirst.set(first, [...(byFirst.get(first) ?? []), { stems, weight: stems.length > 1 ? 3 : 1 }]);
    }
    return [domain, byFirst];
  }),
);

/** The places in a text that belong to a phrase of any domain: their words mean something else alone. */
function phrasePlaces(stems: readonly string[]): Set<number> {
  const places = new Set<number>();
  for (const byFirst of patterns.values()) {
    stems.forEach((first, at) => {
      for (const { stems: wanted } of byFirst.get(first) ?? []) {
        if (wanted.length < 2 || !stands(wanted, stems, at)) continue;
        for (const offset of wanted.keys()) places.add(at + offset);
      }
    });
  }
  return places;
}

function stands(wanted: readonly string[], stems: readonly string[], at: number): boolean {
  return wanted.every((entry, offset) => stems[at + offset] === entry);
}

/** A text as it is looked up: its stems, the places of phrases, and the text itself for scripts without spaces. */
interface Reading {
  text: string;
  stems: string[];
  phrases: Set<number>;
}

function read(text: string): Reading {
  const stems = tokens(text).map(stem);
  return { text: plain(text), stems, phrases: phrasePlaces(stems) };
}

/** How much a text speaks for a domain: 1 for each of its words, 3 for each of its phrases and words of other scripts. */
function likeness(domain: Domain, { text, stems, phrases }: Reading): number {
  const byFirst = patterns.get(domain);
  let total = 0;
  stems.forEach((first, at) => {
    for (const { stems: wanted, weight } of byFirst?.get(first) ?? []) {
      if (wanted.length === 1 && phrases.has(at)) continue;
      if (stands(wanted, stems, at)) total += weight;
    }
  });
  for (const word of otherScripts[domain.name] ?? []) if (text.includes(word)) total += 3;
  return total;
}

/**
 * Rule: the goal's own words decide, those of its subject twice; the background counts little and only
 * where the goal itself leaves it open. A second walk of life is taken along when it is at least half as
 * likely. A goal of none goes to the general domain its verb speaks for, else to one by the goal's hash.
 */
function domainsOf(goal: string, context: string, subject: Subject): [Domain, ...Domain[]] {
  const ofGoal = read(goal.slice(0, 2000));
  const ofSubject = read(subject.subject);
  const ofContext = read(context);
  const scored = domains
    .map((domain) => ({ domain, score: likeness(domain, ofGoal) + likeness(domain, ofSubject) }))
    .map(({ domain, score }) => ({
      domain,
      score: score + Math.min(0.9, likeness(domain, ofContext) * 0.15),
    }))
    .sort((one, other) => other.score - one.score);
  const [first, second] = scored;
  if (first && first.score >= 0.6) {
    const along = second && second.score >= 1 && second.score >= first.score / 2 ? [second.domain] : [];
    return [first.domain, ...along];
  }
  const verb = read(subject.verb);
  const [general] = rank(generalDomains, (domain) => likeness(domain, ofGoal) + likeness(domain, verb), goal);
  return [general ?? pick(generalDomains, goal)];
}

const remembered = new Map<string, Knowledge>();

/** Everything the rules know of a goal; the context's first 4,000 characters help to place it. */
export function knowledge(goal: string, context = ''): Knowledge {
  const background = context.slice(0, 4000);
  const key = `${goal}\u0000${background}`;
  const known = remembered.get(key);
  if (known) return known;
  const subject = subjectOf(goal);
  const found: Knowledge = {
    goal,
    subject,
    domains: domainsOf(goal, background, subject),
    fill: (text) => text.replaceAll('{subject}', subject.subject).replaceAll('{whole}', subject.whole),
  };
  if (remembered.size >= 200) remembered.clear();
  remembered.set(key, found);
  return found;
}

/** The texts of a criterion with its figure, which is one of the domain's by the goal's hash. */
export function criterionText(known: Knowledge, criterion: Criterion): string {
  return sentence(
    known.fill(criterion.text.replaceAll('{n}', String(pick(criterion.n, known.goal, criterion.text)))),
  );
}

/** A filled template may begin with the subject, which is lower case. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const figures = /\d+(?:\.\d+)?/g;
const criteriaBySignature = new Map<string, Criterion>();
const topicsByTitle = new Map<string, { domain: Domain; topic: Topic }>();
for (const domain of [...domains, ...generalDomains]) {
  for (const criterion of domain.criteria) {
    criteriaBySignature.set(
      criterion.text.replace('{n}', '0').replace(figures, '#').toLowerCase(),
      criterion,
    );
  }
  for (const topic of domain.topics) topicsByTitle.set(topic.title, { domain, topic });
}

/** The two clauses by which a text covers a criterion: the first alone in part, both in full. */
export interface Clauses {
  first: string;
  second: string;
}

/** The domain's own clauses where the criterion is one of its, else clauses made of the criterion's words. */
export function clausesOf(known: Knowledge, criterion: string): Clauses {
  const template = criterion.replaceAll(known.subject.subject, '{subject}');
  const found = criteriaBySignature.get(template.replace(figures, '#').toLowerCase());
  if (!found) return clausesFromWords(criterion);
  const before = found.text.slice(0, found.text.indexOf('{n}')).match(figures)?.length ?? 0;
  const n = template.match(figures)?.[before] ?? '';
  const fill = (text: string) => known.fill(text.replaceAll('{n}', n));
  return { first: fill(found.first), second: fill(found.second) };
}

function clausesFromWords(criterion: string): Clauses {
  const words = criterion.slice(0, 1200).replace(/[“”]/g, '"').trim().replace(/\.$/, '').split(/\s+/);
  if (words.length < 4) {
    return {
      first: 'the ground for it is prepared',
      second: `“${words.join(' ')}” is carried out and checked`,
    };
  }
  const half = Math.ceil(words.length * 0.45);
  return {
    first: `the point “${words.slice(0, half).join(' ')}” is taken up`,
    second: `so is the rest of it, “${words.slice(half).join(' ')}”, with a name and a date beside it`,
  };
}

/** The domain's topic of that title; for any other item the topic nearest to its words. */
export function topicOf(
  known: Knowledge,
  title: string,
  description: string,
): { domain: Domain; topic: Topic } {
  const exact = topicsByTitle.get(title);
  if (exact) return exact;
  const [domain] = known.domains;
  const start = `${title} ${description.slice(0, 2000)}`;
  const [topic] = rank(
    domain.topics,
    (entry) => overlap(`${entry.title} ${entry.description}`, start),
    title,
  );
  return { domain, topic: topic ?? pick(domain.topics, title) };
}

/** How many of the goal's content words a text repeats: what is near to the goal comes first. */
export function nearness(known: Knowledge, text: string): number {
  const words = contentWords(text);
  let count = 0;
  for (const key of contentWords(known.goal.slice(0, 2000)).keys()) if (words.has(key)) count++;
  return count;
}

/** A yes for one in `parts` goals, steady for the goal and the texts. */
export function oneIn(parts: number, ...texts: string[]): boolean {
  return hash(...texts) % parts === 0;
}
