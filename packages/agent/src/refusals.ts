import type { EndpointFailure } from './chat-failures.ts';

/** What a call says that an endpoint may refuse. */
export interface Said {
  /** Whether it asks for a form of the answer at all: what was not sent cannot be refused. */
  format: boolean;
  /** Most tokens of its answer. */
  tokens: number;
  /** Whether AGENTO_MAX_TOKENS says so: a bound of the user's own is lowered, and never left out. */
  tokensSet: boolean;
}

const formRefusals = new Set([400, 404, 415, 422, 500, 501]);
/** 402: OpenRouter, where the credits pay for fewer tokens. 413: Groq, where a minute's tokens are fewer. */
const limitRefusals = new Set([400, 402, 404, 413, 415, 422]);

const aboutFormat =
  /response[_ ]?format|json[_ ]?(schema|object|mode)|structured[_ ]?outputs?|\bschemas?\b|grammar|guided/i;
const aboutTokenLimit = /max_?(completion_?|output_?|new_?)?tokens/i;
const aboutSize =
  /too (large|big|high|many)|at most|maximum|less than|(<=|≤|>) ?\d|\brange\b|exceed|only afford|must be between/i;
/** Prompt and limit together are too long for the model: how much is left differs with every prompt. */
const aboutContext = /context (length|size|limit)|input[` ]+tokens|in the messages/i;
const aboutRate = /request too large.*tokens? per/is;
const notKnown =
  /not support(ed)?\b|unsupported|not permitted|not allowed|no longer|instead|(unknown|unrecognized|unexpected|extra)\W+(request )?(parameter|param|argument|field|input|name|key|value|variant|propert|option)/i;
/** What a refusal may be about that no other form would change. */
const aboutElse =
  /api.?key|auth|context|too (long|many|large)|maximum|temperature|seed|tool|message|role|web_search|quota|max_/i;

/** Fewer tokens hold no answer: a smaller number in a refusal means something else. */
const leastTokens = 256;

/**
 * What of the call was refused, in any of the ways in which endpoints say so; `something` where they do not say what
 * they do not know; null where it was nothing that could be said otherwise.
 */
export type Refused = { what: 'form' | 'limit_name' | 'something' } | { what: 'limit_size'; most: number };

export function refusedBy(
  { words, sentence, status }: EndpointFailure,
  limit: number | null,
): Refused | null {
  if (limit !== null) {
    const isAboutLimit = limitRefusals.has(status) && aboutTokenLimit.test(words);
    if (isAboutLimit && notKnown.test(words)) return { what: 'limit_name' };
    if ((status === 413 || status === 429) && aboutRate.test(words)) return { what: 'limit_size', most: 0 };
    if (isAboutLimit && aboutSize.test(words)) {
      return { what: 'limit_size', most: aboutContext.test(words) ? 0 : largestBelow(limit, sentence) };
    }
  }
  if (!formRefusals.has(status)) return null;
  if (aboutFormat.test(words)) return { what: 'form' };
  return status < 500 && notKnown.test(words) && !aboutElse.test(words) ? { what: 'something' } : null;
}

/** The limit that a refusal names beside the one it refuses; 0 where it names none. */
function largestBelow(limit: number, sentence: string): number {
  const numbers = [...sentence.matchAll(/(?<![\w.-])\d{1,3}(?:,\d{3})+(?![\w-])|(?<![\w.,-])\d+(?![\w-])/g)]
    .map(([digits]) => Number(digits.replaceAll(',', '')))
    .filter((number) => number < limit && number >= leastTokens);
  return Math.max(0, ...numbers);
}
