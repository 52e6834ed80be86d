import { type PatternName, patternOfVerb } from '../patterns.ts';
import { isForeign } from './english.ts';
import { list, quoted, shorten } from './text.ts';
import { isStopWord, plain } from './words.ts';

/** Ways to refer to a goal in the middle of a sentence; every form consists of the goal's own words. */
export interface Goal {
  /** The first sentence, shortened, for use in quotation marks. */
  said: string;
  /** The pattern its verb belongs to; `vague` if it names nothing, `plain` if no verb is known. */
  pattern: PatternName;
  foreign: boolean;
  /** "open a bakery in Leith": after "to". */
  act: string;
  /** "opening the bakery": a singular subject, and after a preposition. */
  doing: string;
  /** "the bakery": after a preposition or as an object. Its number is unknown. */
  thing: string;
  /** "in Leith": what the goal says besides verb and object; '' if nothing. */
  tail: string;
}

const set = (words: string) => new Set(words.split(/\s+/));
const opening = set(
  `please kindly i we you they want wants would like need needs intend wish hope aim going have must should can could
  help me us how to let lets let's my our the goal idea is just finally i'd we'd`,
);
const determiners = set(
  'a an the my our your his her their its this that these those some every each all both',
);
const possessive = set('my our your his her their its this that these those every each all both');
const boundaries = set(
  `in on at along for with by within under from that which who while without before after during across so because
  using where when to into and or over between against through near around among until since as via but if than is are
  was were be will can should must no inside outside about like despite per`,
);
const numbers = set(
  'two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty hundred',
);
const particles = set('up off out down');
/** Words that name nothing: a goal consisting of these alone is vague. */
const empty = set(
  `thing things stuff better good best great nice well improve improving make making change changing do something everything
  anything life world more less happy happier rich successful success succeed win be become get grow become it everyone
  everybody people work`,
);

/** Verbs that say nothing without what follows their object: "taking the class on a trip". */
const incomplete = set('take bring put turn send keep get make have lead');

interface Word {
  text: string;
  lower: string;
  /** Followed by punctuation that ends a part of the sentence. */
  ends: boolean;
}

/** Parses the first sentence of the goal; never throws, and returns nothing longer than some 100 characters. */
export function readGoal(goal: string): Goal {
  const start = goal.slice(0, 600).trim();
  const sentence = start.split(/[\n.!?](?:\s|$)|\n/, 1)[0] ?? start;
  const said = shorten(sentence.replace(/["“”]/g, ''), 100).replace(/[.!?\s]+$/, '') || shorten(start, 60);
  const foreign = isForeign(sentence);
  const words = wordsOf(sentence);
  const unread: Goal = {
    said,
    pattern: 'plain',
    foreign,
    act: `reach the goal ${quoted(said, 60)}`,
    doing: 'the undertaking',
    thing: 'the undertaking',
    tail: '',
  };
  if (foreign || words.length === 0) return unread;
  if (words.every(({ lower }) => isStopWord(lower) || opening.has(lower) || empty.has(lower))) {
    return { ...unread, pattern: 'vague' };
  }
  return parse(words, unread) ?? unread;
}

function wordsOf(sentence: string): Word[] {
  return sentence.split(/\s+/).flatMap((token) => {
    const text = token.replace(/^[^\p{L}\p{N}€$£]+|[^\p{L}\p{N}%€]+$/gu, '').slice(0, 40);
    const ends = /[,;:)\]]$/.test(token);
    return text === '' ? [] : [{ text, lower: plain(text), ends }];
  });
}

/** Whether a word begins an order: a known verb, or one followed by a determiner or a number. */
function isVerb(word: Word | undefined, next: Word | undefined): boolean {
  if (word?.lower === 'help' && /^(?:me|us)$/.test(next?.lower ?? '')) return false;
  if (!word || word.ends || determiners.has(word.lower) || !/^\p{L}+$/u.test(word.lower)) return false;
  if (patternOfVerb(word.lower)) return true;
  const follows = next?.lower ?? '';
  return (
    !isStopWord(word.lower) && (determiners.has(follows) || numbers.has(follows) || /^[\d€$£]/.test(follows))
  );
}

/** Undefined if the words are neither an order nor a plain "a …", so that the goal has to be quoted. */
function parse(words: readonly Word[], unread: Goal): Goal | undefined {
  let at = 0;
  while (at < words.length - 1 && opening.has(words[at]?.lower ?? '') && !isVerb(words[at], words[at + 1]))
    at++;
  const verbs: string[] = [];
  if (isVerb(words[at], words[at + 1])) {
    verbs.push(words[at]?.lower ?? '');
    at++;
    if (words[at]?.lower === 'and' && patternOfVerb(words[at + 1]?.lower ?? '')) {
      verbs.push(words[at + 1]?.lower ?? '');
      at += 2;
    }
  } else if (!determiners.has(words[at]?.lower ?? '')) {
    return undefined;
  }
  const particle = verbs.length && particles.has(words[at]?.lower ?? '') ? ` ${words[at++]?.lower}` : '';
  const object = take(words, at, 6);
  at += object.length;
  const tails: string[] = [];
  while (at < words.length && tails.length < 4 && !words[at - 1]?.ends) {
    const part = tailFrom(words, at);
    if (part.length === 0) break;
    at += part.length;
    tails.push(part.map(({ text }) => text).join(' '));
  }
  const noun = nounOf(shortened(object));
  if (verbs.length === 0) {
    if (object.length > 5 || object.slice(1).some(({ lower }) => determiners.has(lower))) return undefined;
    const act = join(['bring about', spoken(object), ...tails]);
    return { ...unread, act, doing: join(['bringing about', noun]), thing: noun, tail: tails[0] ?? '' };
  }
  if (object.length === 0 && tails.length === 0) return undefined;
  const verb = verbs[0] ?? '';
  const article = object[0]?.lower ?? '';
  const become = ['become', 'be'].includes(verb) || (verb === 'get' && !determiners.has(article));
  // "make our town carbon neutral": the town exists, and changes.
  const changes = verb === 'make' && object.length > 2 && /^(?:the|my|our|your|their|this)$/.test(article);
  const [first = ''] = tails;
  // "learning to sail", "teaching the class to swim": without the infinitive it would mean something else.
  const infinitive = /^to [\p{Ll}]+/u.test(first) && !/^to (?:an?|the|my|our|version) /.test(first);
  const needsTail = !changes && verbs.some((verb) => incomplete.has(verb)) && first.length < 45;
  const doing = join([
    list(verbs.map((verb) => gerund(verb) + particle)),
    become || changes ? spoken(object) : noun,
    object.length === 0 || needsTail || (infinitive && first.length < 40) ? first : '',
  ]);
  return {
    ...unread,
    pattern: changes ? 'changing' : (patternOfVerb(verb) ?? 'plain'),
    act: join([list(verbs.map((entry) => entry + particle)), spoken(object), ...tails]),
    doing,
    thing: object.length === 0 || become ? doing : changes ? spoken(object.slice(0, 2)) : noun,
    tail: object.length === 0 || infinitive || needsTail ? (tails[1] ?? '') : first,
  };
}

/** The words up to a boundary or a comma; none if the boundary comes first. */
function take(words: readonly Word[], from: number, most: number): Word[] {
  const taken: Word[] = [];
  for (let at = from; at < words.length && taken.length < most; at++) {
    const word = words[at];
    if (!word || boundaries.has(word.lower)) break;
    taken.push(word);
    if (word.ends) break;
  }
  return taken.every(({ lower }) => isStopWord(lower)) ? [] : taken;
}

/** From a boundary word to the next one: "in a small town", "in under four hours". */
function tailFrom(words: readonly Word[], from: number): Word[] {
  let lead = from;
  while (lead < words.length && boundaries.has(words[lead]?.lower ?? '') && !words[lead]?.ends) lead++;
  const rest = take(words, lead, 6);
  return lead === from || rest.length === 0 ? [] : [...words.slice(from, lead), ...rest];
}

function spoken(words: readonly Word[]): string {
  return words.map(({ text, lower }) => (determiners.has(lower) ? lower : text)).join(' ');
}

/**
 * The first and the last words of a long name: "our legacy billing system" → "our billing system". One with "of" stays.
 */
function shortened(words: readonly Word[]): readonly Word[] {
  const [first] = words;
  const last = words.slice(/^\p{L}+$/u.test(words.at(-2)?.lower ?? '') ? -2 : -1);
  const long = words.length > (determiners.has(first?.lower ?? '') ? 3 : 4);
  return first && long && determiners.has(first.lower) && !words.some(({ lower }) => lower === 'of')
    ? [first, ...last]
    : words;
}

/** "a bakery" → "the bakery", "300 trees" → "the 300 trees"; a possessive and a noun without an article stay. */
function nounOf(words: readonly Word[]): string {
  const [first] = words;
  if (!first) return '';
  if (possessive.has(first.lower)) return spoken(words);
  if (determiners.has(first.lower)) return `the ${spoken(words.slice(1))}`;
  return /^\d/.test(first.lower) || numbers.has(first.lower) ? `the ${spoken(words)}` : spoken(words);
}

/** Joins parts as long as the result has at most some 100 characters. */
function join(parts: readonly string[]): string {
  let text = '';
  for (const part of parts) {
    if (text !== '' && text.length + part.length > 95) break;
    if (part !== '') text += text === '' ? part : ` ${part}`;
  }
  return shorten(text, 110);
}

const doubling = /^[^aeiou]*[aeiou][bdgklmnprt]$/;

/** "write" → "writing", "run" → "running", "see" → "seeing". */
export function gerund(verb: string): string {
  if (verb.endsWith('ie')) return `${verb.slice(0, -2)}ying`;
  if (/[^eoy]e$/.test(verb) && verb !== 'be') return `${verb.slice(0, -1)}ing`;
  if (doubling.test(verb) || verb === 'begin') return `${verb}${verb.at(-1)}ing`;
  return `${verb}ing`;
}

const figures =
  /(?<![\p{L}\p{N}€$£.,])((?:\d[\d.,]*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty) (?:[\p{Ll}-]+ )?[\p{Ll}-]{3,}s|\d[\d.,]* ?%)(?![\p{L}\p{N}])/u;

/** A counted noun in the goal, verbatim: "300 trees"; '' if there is none. */
export function figureOf(goal: string): string {
  const found = figures.exec(goal.slice(0, 600))?.[1] ?? '';
  return /^(?:19|20)\d\d /.test(found) ? '' : found;
}
