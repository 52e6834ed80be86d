import type { EndpointFailure } from './chat-failures.ts';

/** The parts of a call that an endpoint may reject. */
export interface Said {
  /** Whether it requests a format at all: what was not sent cannot be rejected. */
  format: boolean;
  /** Token limit of its answer. */
  tokens: number;
  /** Whether the limit comes from AGENTO_MAX_TOKENS: a user's own limit is lowered, but never dropped. */
  tokensSet: boolean;
}

const formRefusals = new Set([400, 404, 415, 422, 500, 501]);
/** 402: OpenRouter, if the credits pay for fewer tokens. 413: Groq, if the tokens per minute are fewer. */
const limitRefusals = new Set([400, 402, 404, 413, 415, 422]);

const aboutFormat =
  /response[_ ]?format|json[_ ]?(schema|object|mode)|structured[_ ]?outputs?|\bschemas?\b|grammar|guided/i;
const aboutTokenLimit = /max_?(completion_?|output_?|new_?)?tokens/i;
const aboutSize =
  /too (large|big|high|many)|at most|maximum|less than|(<=|≤|>) ?\d|\brange\b|exceed|only afford|must be between/i;
/** Prompt and limit together are too long for the model: what remains differs with every prompt. */
const aboutContext = /context (length|size|limit)|input[` ]+tokens|in the messages/i;
const aboutRate = /request too large.*tokens? per/is;
const notKnown =
  /not support(ed)?\b|unsupported|not permitted|not allowed|no longer|instead|(unknown|unrecognized|unexpected|extra)\W+(request )?(parameter|param|argument|field|input|name|key|value|variant|propert|option)/i;
/** Rejections that no other request format would change. */
const aboutElse =
  /api.?key|auth|context|too (long|many|large)|maximum|temperature|seed|tool|message|role|web_search|quota|max_/i;

/** Fewer tokens cannot hold an answer: a smaller number in an error means something else. */
const leastTokens = 256;

/**
 * Which part of the call was rejected, in any of the ways endpoints report it; `something` if they do not say which;
 * null if nothing that could be requested differently.
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

/** The limit a rejection names besides the rejected one; 0 if it names none. */
function largestBelow(limit: number, sentence: string): number {
  const numbers = [...sentence.matchAll(/(?<![\w.-])\d{1,3}(?:,\d{3})+(?![\w-])|(?<![\w.,-])\d+(?![\w-])/g)]
    .map(([digits]) => Number(digits.replaceAll(',', '')))
    .filter((number) => number < limit && number >= leastTokens);
  return Math.max(0, ...numbers);
}
