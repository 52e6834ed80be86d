import type { ConstraintKind, ConstraintsAnswer } from '@agento/contracts';
import { capital, isPlain, sentences } from './language/text.ts';

type Limit = ConstraintsAnswer['constraints'][number];

const number =
  '(?:\\d[\\d.,]*|a|an|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty)';
const months = 'january|february|march|april|may|june|july|august|september|october|november|december';
const unit = 'minutes?|hours?|days?|nights?|evenings?|weeks?|months?|years?|seasons?';
const people =
  'people|persons|volunteers?|helpers?|employees|members|participants|guests|children|pupils|students|adults|friends|' +
  'developers?|engineers?|nurses?|teachers?|bakers?|of us|hands';
const at = (pattern: string) => new RegExp(`(?<![\\p{L}\\p{N}])(?:${pattern})(?![\\p{L}\\p{N}])`, 'iu');

/** The kind of a clause's limit, by the first of these it contains. */
const kinds: readonly [ConstraintKind, RegExp][] = [
  ['money', /[€$£]\s?\d|\d[\d.,]*\s?[€$£]/u],
  [
    'money',
    at(`\\d[\\d.,]*k? (?:euros?|dollars?|pounds?|francs?|USD|EUR|GBP|CHF)|budget|loan|grant|unpaid|for free`),
  ],
  [
    'law',
    at(
      'laws?|legal(?:ly)?|licen[cs]e[ds]?|permits?|permission|regulations?|GDPR|complian(?:ce|t)|contract|data protection|insur(?:ance|ed)',
    ),
  ],
  ['safety', at('safety|safe|safely|danger(?:ous)?|injur(?:y|ies)|hygiene|allerg(?:y|ies|ic|ens?)')],
  [
    'time',
    at(
      `${number}[ -](?:${unit})|(?:by|before|until|from|in|on|since|end of|middle of) (?:the )?(?:end of )?(?:\\d{1,2}\\.? )?(?:${months})|(?:by|before|until|in) (?:19|20)\\d\\d|deadline|(?:by|before|until|next|this) (?:spring|summer|autumn|winter|christmas|easter|weekend|monday|friday|sunday|week|month|year)`,
    ),
  ],
  ['people', at(`(?:${number}|both|only|just) (?:[\\p{L}-]+ )?(?:${people})|alone`)],
  [
    'scope',
    at(
      "must not|may not|cannot|can not|can’t|can't|mustn’t|mustn't|should not|without|never|no longer|not allowed",
    ),
  ],
  ['means', at('only|solely|nothing but|no (?:other|more than|additional)')],
  ['other', at('must|has to|have to|at most|at least|no more than|less than|under|maximum|minimum|required')],
];

/** Where a limit begins in a goal. */
const lead = at(
  `with no(?: more than)?|with(?:out| only| at most| just)?|no more than|at most|at least|less than|in under|under|within|by|before|until|only|for (?:less|no more)|in (?:the )?(?:next )?${number}|on a budget|next|this|must(?: not)?|from`,
);

/** A past or expected duration sets no limit, unless another of the words says so. */
const past = at('has(?: not)? been|have(?: not)? been|was|were|had|ago|for (?:\\w+ )?years');
const bound = at(
  'must|only|at most|no more than|within|under|less than|by|before|until|limit(?:ed)?|maximum',
);

const everyLead = new RegExp(lead, 'giu');

const mostLimits = 12;
const longest = 200;

/**
 * Rule: a clause of the goal or the context limits the plan if it names money, a legal or safety duty, a date or
 * duration, a number of people, or says must, must not, only, without. The goal first, then the context in order; each
 * quote is verbatim.
 */
export function findLimits(goal: string, context: string): Limit[] {
  const found = new Map<string, Limit>();
  const add = (limit: Limit | undefined) => {
    if (limit && found.size < mostLimits && !found.has(limit.quote)) found.set(limit.quote, limit);
  };
  for (const [index, sentence] of sentences(goal).entries()) {
    for (const clause of clauses(sentence)) {
      for (const limit of index === 0 ? limitsInGoal(clause) : [limitIn(clause)]) add(limit);
    }
  }
  // Line by line, so that a long context is read only up to the twelfth limit.
  for (const line of lines(context)) {
    if (found.size === mostLimits) break;
    for (const sentence of sentences(line)) for (const clause of clauses(sentence)) add(limitIn(clause));
  }
  return [...found.values()];
}

function* lines(text: string): Generator<string> {
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf('\n', from);
    const to = end < 0 ? text.length : end;
    yield text.slice(from, to);
    from = to + 1;
  }
}

/** The independent parts of a sentence, each an exact substring without surrounding punctuation. */
function clauses(sentence: string): string[] {
  if (sentence.length > 1_000) return [];
  return sentence
    .split(
      /[,;:]\s|\s[–—-]\s|\s\(|\)|\s(?:but|so that)\s|\sand\s(?=(?:must|no|not|at|never|only|without|the|we|it)\s)/u,
    )
    .map((part) => trimmed(part.replace(/^\s*(?:and|but|so|or)\s/iu, '')))
    .filter((part) => part.length >= 4);
}

const around = new Set(' \t\r\n-*•#>"“”\'’.!?;,:()');

/** By hand: a regular expression may take quadratic time on a run of such characters. */
function trimmed(part: string): string {
  let [from, to] = [0, part.length];
  while (from < to && around.has(part.charAt(from))) from++;
  while (to > from && around.has(part.charAt(to - 1))) to--;
  return part.slice(from, to);
}

function limitIn(clause: string, from = 0): Limit | undefined {
  for (const [kind, pattern] of kinds) {
    const match = pattern.exec(clause);
    if (!match || (kind === 'time' && past.test(clause) && !bound.test(clause))) continue;
    const quote = clause.slice(Math.min(from, match.index));
    if (quote.length > longest || !isPlain(quote)) return undefined;
    return { quote, text: `${capital(quote)}.`, kind };
  }
  return undefined;
}

/** A goal also says what to do: its limits begin at words like "with", "within", "for less", or at the limit itself. */
function limitsInGoal(clause: string): (Limit | undefined)[] {
  const starts = [0];
  for (const { index } of clause.matchAll(everyLead)) {
    const since = clause.slice(starts.at(-1), index).trim();
    // A lead directly after another, or at the end of the clause, belongs to the previous one.
    if ((starts.length === 1 || since.includes(' ')) && clause.indexOf(' ', index) > 0) starts.push(index);
  }
  return starts.map((start, place) => {
    const part = clause.slice(start, starts[place + 1]).trimEnd();
    return limitIn(part, place === 0 ? part.length : 0);
  });
}
