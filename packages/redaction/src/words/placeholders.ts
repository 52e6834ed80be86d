import { isSecretKey } from './secret-keys.ts';

const masks = /^[*•.…_\-xX#?]+$|redacted|[xX]{8}|\[(?:hidden|masked|secret)\]/i;
const templates =
  /^(?:(?:bearer|basic|token) )?(?:<[^<>]*>?|\$\{.*|\$\(.*|\$[A-Za-z_]\w*|\{\{.*|\{\w*\}|%\(?\w+\)?[s%]|@[A-Za-z_]\w*)$/i;
const invitations = /^(?:[a-z]{2,4}[-_])?(?:your|insert|replace|enter|put)[-_ ]/i;
const words =
  /^(?:null|none|nil|true|false|undefined|string|str|number|int|integer|bool|boolean|object|array|any|unknown|void|never|bytes|required|optional|empty|unset|missing|secret|password|token|example|n\/a|yes|no)[;,.]?$/i;
const code =
  /^(?:[A-Za-z_$][A-Za-z_$]*(?:\??\.[A-Za-z_$]+)+[;,]?|[A-Za-z_$][\w$]*(?:\??\.[\w$]+)*(?:\(|\[['"a-z]|\?\?|!).*)$/;

/** What marks the place of a secret, or masks one: `<token>`, `${TOKEN}`, `YOUR_API_KEY`, `xxxxxxxx`. */
export function isPlaceholder(value: string): boolean {
  if (value.length > 100) return false;
  return (
    masks.test(value) ||
    templates.test(value) ||
    invitations.test(value) ||
    words.test(value) ||
    (/^[A-Z_]+$/.test(value) && isSecretKey(value))
  );
}

/** An unquoted value that a program would evaluate: `process.env.TOKEN`, `getToken()`, `api_key`. */
export function isCode(value: string): boolean {
  if (value.length > 200) return false;
  const name = value.replace(/[;,]$/, '');
  return code.test(name) || (/^[A-Za-z_]+$/.test(name) && isSecretKey(name));
}

/** Too mixed for a word of a language: eight characters or more, with a digit or an inner capital. */
export function looksRandom(value: string): boolean {
  return (
    value.length >= 8 &&
    (/\d/.test(value) ? /[A-Za-z]/.test(value) || value.length >= 16 : /[a-z][A-Z]/.test(value))
  );
}
