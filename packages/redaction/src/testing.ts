import { randomInt } from 'node:crypto';

/** New in every run; put the number a failure names here to reproduce that run. */
export const seed = randomInt(2 ** 31);

let state = seed;
function random(below: number): number {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
}
export function from(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet[random(alphabet.length)]).join('');
}
const digits = '0123456789';
const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const lower = upper.toLowerCase();
const letters = upper + lower;
export const alnum = letters + digits;
const word = `${alnum}_`;
const web = `${alnum}-_`;
const hex = `${digits}abcdef`;
export const base64 = `${alnum}+/`;
/** Contains digits, a capital and a small letter, which a credential of this length hardly ever lacks. */
export const mixed = (alphabet: string, length: number) =>
  `${from(alphabet, length - 4)}${from(upper, 1)}${from(lower, 1)}${from(digits, 2)}`;
const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');

/** Each creates a credential as its provider issues it: fixed parts, lengths and alphabets. */
export const kinds: Record<string, () => string> = {
  'AWS access key': () => `AKIA${from(upper + digits, 16)}`,
  'AWS session key': () => `ASIA${from(upper + digits, 16)}`,
  'GCP API key': () => `AIza${from(web, 35)}`,
  'GCP OAuth client secret': () => `GOCSPX-${from(web, 28)}`,
  'Google access token': () => `ya29.${mixed(web, 60)}`,
  'Azure client secret': () => `${from(alnum, 3)}8Q~${mixed(alnum, 34)}`,
  'GitHub personal token': () => `ghp_${from(alnum, 36)}`,
  'GitHub server token': () => `ghs_${from(alnum, 36)}`,
  'GitHub fine-grained token': () => `github_pat_${from(alnum, 22)}_${from(alnum, 59)}`,
  'GitLab personal token': () => `glpat-${from(web, 20)}`,
  'GitLab runner token': () => `glrt-${from(web, 20)}`,
  'Slack bot token': () => `xoxb-${from(digits, 12)}-${from(digits, 12)}-${mixed(alnum, 24)}`,
  'Slack app token': () => `xapp-1-A${from(upper + digits, 10)}-${from(digits, 13)}-${from(hex, 64)}`,
  'Slack webhook': () =>
    `https://hooks.slack.com/services/T${from(upper, 8)}/B${from(upper, 8)}/${mixed(alnum, 24)}`,
  'Stripe live key': () => `sk_live_${mixed(alnum, 24)}`,
  'Stripe restricted key': () => `rk_live_${mixed(alnum, 24)}`,
  'Stripe webhook secret': () => `whsec_${mixed(alnum, 32)}`,
  'npm token': () => `npm_${from(alnum, 36)}`,
  'PyPI token': () => `pypi-AgEIcHlwaS5vcmc${from(web, 80)}`,
  'RubyGems key': () => `rubygems_${from(hex, 48)}`,
  'Docker token': () => `dckr_pat_${from(web, 27)}`,
  'OpenAI project key': () => `sk-proj-${from(web, 74)}T3BlbkFJ${from(web, 74)}`,
  'OpenAI key of old': () => `sk-${mixed(alnum, 20)}T3BlbkFJ${mixed(alnum, 20)}`,
  'Anthropic key': () => `sk-ant-api03-${from(web, 93)}AA`,
  'OpenRouter key': () => `sk-or-v1-${from(hex, 64)}`,
  'Hugging Face token': () => `hf_${from(letters, 34)}`,
  'Groq key': () => `gsk_${from(alnum, 52)}`,
  'xAI key': () => `xai-${from(alnum, 80)}`,
  'Perplexity key': () => `pplx-${from(alnum, 48)}`,
  'Replicate token': () => `r8_${from(alnum, 37)}`,
  'NVIDIA key': () => `nvapi-${from(web, 64)}`,
  'LangSmith key': () => `lsv2_pt_${from(hex, 32)}_${from(hex, 10)}`,
  'DigitalOcean token': () => `dop_v1_${from(hex, 64)}`,
  'Heroku key': () => `HRKU-AA${from(web, 58)}`,
  'Fly.io token': () => `fo1_${from(web, 43)}`,
  'PlanetScale token': () => `pscale_tkn_${from(word, 43)}`,
  'Supabase token': () => `sbp_${from(hex, 40)}`,
  'Databricks token': () => `dapi${from(hex, 32)}`,
  'Vault service token': () => `hvs.${from(web, 95)}`,
  'Terraform token': () => `${from(alnum, 14)}.atlasv1.${from(web, 67)}`,
  'Pulumi token': () => `pul-${from(hex, 40)}`,
  'Doppler token': () => `dp.pt.${from(alnum, 43)}`,
  '1Password secret key': () =>
    `A3-${from(upper, 6)}-${from(upper, 6)}-${from(upper, 5)}-${from(upper, 5)}-${from(upper, 5)}-${from(upper, 5)}`,
  '1Password service account': () =>
    `ops_${encoded({ signInAddress: 'example.1password.com', userAuth: mixed(alnum, 60) })}`,
  'age secret key': () => `AGE-SECRET-KEY-1${from('QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L', 58)}`,
  'Atlassian API token': () => `ATATT3${from(web, 180)}=${from(upper, 8)}`,
  'SendGrid key': () => `SG.${from(web, 22)}.${from(web, 43)}`,
  'Twilio key': () => `SK${from(hex, 32)}`,
  'Mailgun key': () => `key-${from(hex, 32)}`,
  'Mailchimp key': () => `${from(hex, 32)}-us${1 + random(20)}`,
  'Brevo key': () => `xkeysib-${from(hex, 64)}-${mixed(alnum, 16)}`,
  'Telegram bot token': () => `${1 + random(9)}${from(digits, 9)}:AA${mixed(web, 33)}`,
  'Discord bot token': () => `M${mixed(alnum, 25)}.G${from(alnum, 5)}.${mixed(web, 38)}`,
  'Shopify token': () => `shpat_${from(hex, 32)}`,
  'Square token': () => `sq0atp-${from(web, 22)}`,
  'New Relic key': () => `NRAK-${from(upper + digits, 27)}`,
  'Grafana service account': () => `glsa_${from(alnum, 32)}_${from(hex, 8)}`,
  'Grafana Cloud token': () => `glc_${from(alnum, 80)}=`,
  'Sentry user token': () => `sntryu_${from(hex, 64)}`,
  'Dynatrace token': () => `dt0c01.${from(upper + digits, 24)}.${from(upper + digits, 64)}`,
  'Linear key': () => `lin_api_${from(alnum, 40)}`,
  'Notion token': () => `ntn_${from(digits, 11)}${mixed(alnum, 35)}`,
  'Figma token': () => `figd_${from(web, 40)}`,
  'Postman key': () => `PMAK-${from(hex, 24)}-${from(hex, 34)}`,
  'Airtable token': () => `pat${from(alnum, 14)}.${from(hex, 64)}`,
  'HubSpot token': () =>
    `pat-na1-${from(hex, 8)}-${from(hex, 4)}-${from(hex, 4)}-${from(hex, 4)}-${from(hex, 12)}`,
  'Facebook token': () => `EAAC${from(alnum, 120)}`,
  'Tailscale key': () => `tskey-auth-${from(alnum, 12)}-${from(alnum, 32)}`,
  JWT: () =>
    `${encoded({ alg: 'HS256', typ: 'JWT' })}.${encoded({ sub: from(alnum, 12), iat: random(2 ** 31) })}.${from(web, 43)}`,
};

/** Each puts a credential where it may occur; the text itself says what kind of text it is. */
export const places: Record<string, (secret: string) => string> = {
  'free text': (secret) => `They left ${secret} on the table, and went.`,
  'a line of its own': (secret) => `one\n${secret}\ntwo`,
  brackets: (secret) => `call(${secret}) [${secret}] <${secret}>`,
  'a JSON value': (secret) => JSON.stringify({ note: secret, next: 'tea' }),
  'a JSON value after a line break': (secret) => JSON.stringify({ note: `first\n${secret}\tlast` }),
  'JSON within JSON': (secret) => JSON.stringify({ body: JSON.stringify({ note: `a\n${secret}` }) }),
  'JSON within JSON within JSON': (secret) =>
    JSON.stringify([JSON.stringify({ a: JSON.stringify({ b: `\n${secret}` }) })]),
  'a URL': (secret) => `GET https://example.org/a?x=1&y=${secret.replace('https://', '')}&z=2 HTTP/1.1`,
  'an encoded URL': (secret) => `https://example.org/?next=${encodeURIComponent(`/a?b=${secret}`)}`,
  'a header': (secret) => `Accept: */*\r\nX-Thing: ${secret}\r\nHost: example.org`,
  'a bearer header': (secret) => `curl -H "Authorization: Bearer ${secret}" https://example.org`,
  'an environment line': (secret) => `A=1\nexport THING=${secret}\nB=2`,
  'a YAML line': (secret) => `a: 1\nthing: ${secret}\nb: 2`,
  'a JSON escape': (secret) => {
    const at = secret.length >> 1;
    return `{"note":"${secret.slice(0, at)}\\u00${secret.charCodeAt(at).toString(16)}${secret.slice(at + 1)}"}`;
  },
  'a JSON pointer': (secret) => `/fields/${secret.replaceAll('~', '~0').replaceAll('/', '~1')}: is not known`,
  'two lines': (secret) =>
    `see ${secret.slice(0, secret.length >> 1)}\n${secret.slice(secret.length >> 1)} there`,
  'two lines in JSON': (secret) =>
    JSON.stringify({ a: `see ${secret.slice(0, -9)}\n  ${secret.slice(-9)} there` }),
};

/** What is left of a credential: its longest piece of twelve characters or more that is still in the text. */
export function remains(text: string, secret: string): string | undefined {
  const unescaped = text.replace(/\\+u00(..)/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
  for (let at = 0; at + 12 <= secret.length; at++) {
    const piece = secret.slice(at, at + 12);
    if (!/^(?:https?:|\/\/hooks|oks\.slack)/.test(piece) && unescaped.includes(piece)) return piece;
  }
  return undefined;
}
