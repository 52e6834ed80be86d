import { marker } from '../passages.ts';

/** Secret as whole words anywhere in a key, except in keys that describe a secret. */
const words =
  /(?:^|_)(?:pass_?(?:word|wd|phrase|code)s?|pwd|secrets?|credentials?|authorization|cookies?|jwt|bearer)\d*(?:_|$)/;
const compounds =
  /(?:^|_)(?:(?:api|access|private|secret|auth|signing|encryption|master|account|shared|shared_access|ssh|subscription|deploy|consumer|app|application|service|service_role|functions?|license|storage|webhook|hmac|session)_?keys?|(?:access|auth|api|session|refresh|id|bearer|client|csrf|xsrf|oauth|bot|app|service|user|security|web_?hook|device|verification|personal_access|deploy)_?tokens?)(?:_|$)/;
/** A token is only a secret if it is the token itself: `token_count` and `max_tokens` are not. */
const tokenLast = /(?:^|_)token(?:_(?:value|string|secret))?\d*$/;
/** A last word with which the key describes a secret without holding it. */
const about =
  /_(?:count|counts|type|types|name|names|length|len|size|limit|limits|max|min|policy|policies|url|uri|endpoint|path|file|dir|expiry|expires|expiration|expires_in|expires_at|ttl|age|at|in|format|field|fields|header|headers|hint|usage|used|version|index|rotation|manager|arn|scope|scopes|algorithm|strength|required|enabled|valid|present|status|label|title|description|placeholder|error|errors|lifetime|consent|sha256|fingerprint|prompt|ref|refs)$/;
const pointer = /(?:^|_)(?:next|previous|prev|page|continuation|sync|pagination)_(?:page_)?token$/;

/** Last words of what a name stands under, and of what its value stands under beside it. */
const nameLabel =
  /(?:^|_)(?:name|key|header|field|param|parameter|variable|var|setting|option|property|attribute|path)$/;
const valueLabel = /(?:^|(?<!(?:^|_)(?:default|min|max))_)(?:value|values|val)$/;
/** What every name of a secret has. */
const mayBeSecret = /pass|secr|toke|cred|cook|auth|bear|pwd|key|jwt/i;
const longestName = 128;

interface Judged {
  words: string;
  secret: boolean;
  /** Whether a name stands under the key, or the value beside one. */
  label: 'name' | 'value' | undefined;
}
const known = new Map<string, Judged>();
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
  return judge(key).secret;
}

function judge(key: string): Judged {
  if (key.length > longest) return judge(key.slice(-longest));
  let judged = known.get(key);
  if (judged === undefined) {
    const asWords = wordsOf(key);
    const secret =
      (words.test(asWords) || compounds.test(asWords) || tokenLast.test(asWords)) &&
      !about.test(asWords) &&
      !pointer.test(asWords);
    const label = nameLabel.test(asWords) ? 'name' : valueLabel.test(asWords) ? 'value' : undefined;
    judged = { words: asWords, secret, label };
    if (known.size >= knownAtMost) known.clear();
    known.set(key, judged);
  }
  return judged;
}

/**
 * Whether a text that stands in a name's place (`{"name":"API key","value":…}`) is the name of a secret. It is judged like a key;
 * of several words the last ones have to say it: `Secret ingredient` is a title.
 */
export function isSecretName(name: string): boolean {
  if (name.length < 3 || name.length > longestName || !mayBeSecret.test(name) || !isSecretKey(name))
    return false;
  // A name that held a secret is none of one, now as before it was redacted.
  if (name.includes(marker)) return false;
  const words = name.split(/\s+/).filter((word) => /[\p{L}\d]/u.test(word));
  if (words.length === 1) return true;
  const [before = '', last = ''] = words.slice(-2);
  return (
    words.length <= 3 && (isSecretKey(last) || (isSecretKey(`${before} ${last}`) && !isSecretKey(before)))
  );
}

/** Whether a name stands under a key (`name`, `ParameterKey`), or the value beside one. */
export function labelOf(key: string): 'name' | 'value' | undefined {
  return judge(key).label;
}

/** A key that is one plain word, such as `token`, which prose uses too. */
export function isPlainWord(key: string): boolean {
  return /^[A-Z]?[a-z]+$|^[A-Z]+$/.test(key) && !/key$/i.test(key);
}
