import { shorten } from './text.ts';
import { isStopWord, tokens } from './words.ts';

/**
 * What a goal is about, ready to stand in a sentence: for "Open a repair café in a small town" the verb
 * `open`, the subject `the repair café` and the whole `the repair café in a small town`. A goal that does
 * not read as English stands in quotation marks, shortened.
 */
export interface Subject {
  verb: string;
  subject: string;
  whole: string;
}

const set = (words: string) => new Set(words.split(' '));
const opening = set(
  'please kindly i we you want wants would like need needs plan plans planning intend wish hope aim going have must should can could help me us how to let lets my our goal is the idea id just finally',
);
const determiners = set('a an the my our your his her their its this that these those some');
const boundaries = set(
  'in on at along for with by within under from that which who while without before after during across so because using where when to into and or over between against through near around among until since as via but if than is are was were be will can should must',
);
const verbs = set(
  `achieve adopt apply arrange attract become begin bring build buy campaign care carry celebrate change clean climb close
  coach compose conduct convert cook create cross cultivate cure cut cycle decrease deliver design develop digitise digitize
  direct discover double draft earn educate eliminate end establish evaluate expand explore export film find finish form found
  fund get grow handle hire hold host implement improve increase install introduce invent investigate keep launch lead learn
  live lose lower make manage manufacture master measure migrate modernise modernize move open organise organize paint perform
  plan plant play prepare prevent produce promote protect prove provide publish raise reach read rebuild record recruit reduce
  reform refurbish release relocate renovate repair replace research restore revive rewrite run save secure sell set ship
  speak staff stage start stop strengthen study sustain swim switch tackle teach test train transform translate travel turn
  understand upgrade visit walk win write`.replace(/\s+/g, ' '),
);
const english = set(
  'a an the in on at for with by of and to from our my your within under without into that is are new small first',
);

const mostWords = 5;

/** Reads the first sentence of the goal; never throws, and never gives back more than some 80 characters. */
export function subjectOf(goal: string): Subject {
  const start = goal.slice(0, 600).trim();
  const sentence = start.split(/[\n.!?;:](?:\s|$)/, 1)[0] ?? start;
  const words = sentence.match(/[\p{L}\p{N}][\p{L}\p{M}\p{N}’'-]*|[,()"“”]/gu) ?? [];
  const lower = words.map((word) => word.toLowerCase());
  if (!lower.some((word) => english.has(word) || verbs.has(word))) return quoted(start);

  let at = 0;
  while (
    at < words.length - 1 &&
    opening.has(lower[at] ?? '') &&
    !(determiners.has(lower[at] ?? '') && at > 0)
  ) {
    at++;
  }
  if (at > 0 && determiners.has(lower[at - 1] ?? '')) at--;
  const first = lower[at] ?? '';
  let verb = '';
  if (verbs.has(first) || determiners.has(lower[at + 1] ?? '') || /^\d/.test(lower[at + 1] ?? '')) {
    if (!determiners.has(first) && !/^\d/.test(first)) {
      verb = first;
      at++;
      // "learn to play", "set up": the verb that says more.
      if (lower[at] === 'to' && lower[at + 1] !== undefined) {
        verb = lower[at + 1] ?? verb;
        at += 2;
      } else if (['up', 'off', 'out', 'down'].includes(lower[at] ?? '')) {
        verb = `${verb} ${lower[at]}`;
        at++;
      }
    }
  }
  let definite = false;
  const article = lower[at] ?? '';
  while (determiners.has(lower[at] ?? '')) {
    definite = true;
    at++;
  }
  const object: string[] = [];
  while (at < words.length && object.length < mostWords && isInside(lower[at] ?? '')) {
    object.push(words[at] ?? '');
    at++;
  }
  if (object.length === 0 || object.every((word) => isStopWord(word.toLowerCase()))) return quoted(start);
  const tail: string[] = [];
  let content = 0;
  while (at < words.length && tail.length < mostWords + 2 && /^[\p{L}\p{N}]/u.test(words[at] ?? '')) {
    const boundary = boundaries.has(lower[at] ?? '');
    if (boundary && content > 0) break;
    tail.push(words[at] ?? '');
    if (!boundary && !determiners.has(lower[at] ?? '')) content++;
    at++;
  }
  if (content === 0) tail.length = 0;
  const noun = object.join(' ');
  const named = definite || /^\d/.test(noun) ? `the ${noun}` : noun;
  // Who wants to become something does not have it yet: "becoming a better listener".
  const subject = verb === 'become' ? `becoming ${definite ? `${article} ` : ''}${noun}` : named;
  return { verb, subject, whole: [subject, ...tail].join(' ') };
}

function isInside(word: string): boolean {
  return /^[\p{L}\p{N}]/u.test(word) && !boundaries.has(word);
}

function quoted(goal: string): Subject {
  const text = `“${shorten(goal.replace(/["“”]/g, ''), 60)}”`;
  return { verb: '', subject: text, whole: text };
}

/**
 * The phrases a text speaks of most: two words that stand together without a word of grammar or a stop
 * between them, most frequent first, then single words. At most the first 16 KiB are read.
 */
export function keyPhrases(text: string, most: number): string[] {
  const counts = new Map<string, number>();
  for (const part of text.slice(0, 16_384).split(/[\n.,;:!?()"“”]+/)) {
    let before = '';
    for (const word of tokens(part)) {
      if (isStopWord(word) || word.length < 3 || /^\d+$/.test(word) || word.length > 40) {
        before = '';
        continue;
      }
      counts.set(word, (counts.get(word) ?? 0) + 1);
      if (before) counts.set(`${before} ${word}`, (counts.get(`${before} ${word}`) ?? 0) + 1.5);
      before = word;
    }
  }
  const phrases: string[] = [];
  for (const [phrase] of [...counts].sort((one, other) => other[1] - one[1])) {
    if (phrases.length === most) break;
    if (!phrases.some((known) => known.includes(phrase) || phrase.includes(known))) phrases.push(phrase);
  }
  return phrases;
}
