/** Secret as whole words anywhere in a key, except in keys that describe a secret. */
const words =
  /(?:^|_)(?:pass_?(?:word|wd|phrase|code)s?|pwd|secrets?|credentials?|authorization|cookies?|jwt|bearer)\d*(?:_|$)/;
const compounds =
  /(?:^|_)(?:(?:api|access|private|secret|auth|signing|encryption|master|account|shared|shared_access|ssh|subscription|deploy|consumer|app|application|service|service_role|functions?|license|storage|webhook|hmac|session)_?keys?|(?:access|auth|api|session|refresh|id|bearer|client|csrf|xsrf|oauth|bot|app|service|user|security|web_?hook|device|verification|personal_access|deploy)_?tokens?)(?:_|$)/;
/** A token is only a secret if it is the token itself: `token_count` and `max_tokens` are not. */
const tokenLast = /(?:^|_)token(?:_(?:value|string|secret))?\d*$/;
/** A last word with which the key describes a secret without holding it. */
const about =
  /_(?:count|counts|type|types|name|names|length|len|size|limit|limits|max|min|policy|policies|url|uri|endpoint|path|file|dir|expiry|expires|expiration|expires_in|expires_at|ttl|age|at|in|format|field|fields|header|headers|hint|usage|used|version|index|rotation|manager|arn|scope|scopes|algorithm|strength|required|enabled|valid|present|status|sha256|fingerprint|prompt)$/;
const pointer = /(?:^|_)(?:next|previous|prev|page|continuation|sync|pagination)_(?:page_)?token$/;

const known = new Map<string, { words: string; secret: boolean }>();
const knownAtMost = 2_000;
/** In characters: of a longer key its end is judged. */
const longest = 200;

/** The key's words in lower case, joined by `_`: `x-apiKey` is `x_api_key`. */
export function keyWords(key: string): string {
  return known.get(key)?.words ?? wordsOf(key);
}

function wordsOf(key: string): string {
  return key
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '');
}

/**
 * Whether a string under this key is a secret by its name alone. The key is judged by whole words, split at
 * punctuation and camelCase: `clientSecret` and `http.request.header.set-cookie` are, `max_tokens`,
 * `gen_ai.usage.input_tokens`, `session_id` and `prompt_sha256` are not.
 */
export function isSecretKey(key: string): boolean {
  if (key.length > longest) return isSecretKey(key.slice(-longest));
  let judged = known.get(key);
  if (judged === undefined) {
    const asWords = wordsOf(key);
    const secret =
      (words.test(asWords) || compounds.test(asWords) || tokenLast.test(asWords)) &&
      !about.test(asWords) &&
      !pointer.test(asWords);
    judged = { words: asWords, secret };
    if (known.size >= knownAtMost) known.clear();
    known.set(key, judged);
  }
  return judged.secret;
}

/** A key that is one plain word, such as `token`, which prose uses too. */
export function isPlainWord(key: string): boolean {
  return /^[A-Z]?[a-z]+$|^[A-Z]+$/.test(key) && !/key$/i.test(key);
}
