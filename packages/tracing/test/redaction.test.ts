import { randomInt } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createRedactor } from '../src/redaction/index.ts';

/** New in every run; put the number a failure names here to see that run again. */
const seed = randomInt(2 ** 31);

let state = seed;
function random(below: number): number {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
}
function from(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet[random(alphabet.length)]).join('');
}
const digits = '0123456789';
const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const lower = upper.toLowerCase();
const letters = upper + lower;
const alnum = letters + digits;
const word = `${alnum}_`;
const web = `${alnum}-_`;
const hex = `${digits}abcdef`;
const base64 = `${alnum}+/`;
/** With a digit and capitals in it, as any credential of this length is likely to have. */
const mixed = (alphabet: string, length: number) =>
  `${from(alphabet, length - 4)}${from(upper, 1)}${from(lower, 1)}${from(digits, 2)}`;
const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');

/** Each makes the credential as its provider issues it: fixed parts, lengths and alphabets. */
const kinds: Record<string, () => string> = {
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

/** Each puts a credential where it may be met; the text says of itself what kind of text it is. */
const places: Record<string, (secret: string) => string> = {
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
  'two lines': (secret) =>
    `see ${secret.slice(0, secret.length >> 1)}\n${secret.slice(secret.length >> 1)} there`,
  'two lines in JSON': (secret) =>
    JSON.stringify({ a: `see ${secret.slice(0, -9)}\n  ${secret.slice(-9)} there` }),
};

/** What is left of a credential: its longest piece of twelve characters or more that still stands in the text. */
function remains(text: string, secret: string): string | undefined {
  const unescaped = text.replace(/\\+u00(..)/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
  for (let at = 0; at + 12 <= secret.length; at++) {
    const piece = secret.slice(at, at + 12);
    if (!/^(?:https?:|\/\/hooks|oks\.slack)/.test(piece) && unescaped.includes(piece)) return piece;
  }
  return undefined;
}

describe('credentials that are known by their look', () => {
  const redactor = createRedactor({ secrets: [] });

  test.each(Object.entries(kinds))('%s does not survive anywhere', (_name, make) => {
    for (const [place, plant] of Object.entries(places)) {
      const secret = make();
      const text = plant(secret);
      const redacted = redactor.text(text);
      const said = `seed ${seed}, ${place}: ${text}\n → ${redacted.text}`;
      expect(
        remains(redacted.text, secret.replace('https://hooks.slack.com/services/', '')),
        said,
      ).toBeUndefined();
      expect(redacted.count, said).toBeGreaterThan(0);
      expect(redacted.rules.length, said).toBeGreaterThan(0);
      expect(redactor.text(redacted.text), said).toEqual({ text: redacted.text, count: 0, rules: [] });
      if (/^[{[]/.test(text)) expect(() => JSON.parse(redacted.text), said).not.toThrow();
    }
  });
});

describe('secrets known by where they stand', () => {
  const redactor = createRedactor({ secrets: [] });
  const marker = '***REDACTED***';

  test.each([
    ['{"password":"p\\"w\\\\","b":"c"}', `{"password":"${marker}","b":"c"}`],
    [
      '{"a":"{\\"apiKey\\": \\"x\\\\\\"y\\", \\"b\\": 1}"}',
      `{"a":"{\\"apiKey\\": \\"${marker}\\", \\"b\\": 1}"}`,
    ],
    ['{"set-cookie": ["a=b", "c=d"], "n": 1}', `{"set-cookie": ["${marker}", "${marker}"], "n": 1}`],
    ["{password: 'swordfish', user: 'ann'}", `{password: '${marker}', user: 'ann'}`],
    ['DB_PASSWORD=ab;c&d(e\nX=1', `DB_PASSWORD=${marker}\nX=1`],
    ['{"env":"A=1\\nDB_PASSWORD=hunter\\nX=1"}', `{"env":"A=1\\nDB_PASSWORD=${marker}\\nX=1"}`],
    ['export CLIENT_SECRET="correct horse"', `export CLIENT_SECRET="${marker}"`],
    ['db:\n  password: swordfish\n  user: ann', `db:\n  password: ${marker}\n  user: ann`],
    ['GET /a?token=abcdefgh&page=2', `GET /a?token=${marker}&page=2`],
    ['q=%7B%22api_key%22%3A%22abcdefgh%22%7D', `q=%7B%22api_key%22%3A%22${marker}%22%7D`],
    ['Authorization: Basic dXNlcjpwYXNz\nA: b', `Authorization: Basic ${marker}\nA: b`],
    ['sent with Basic dXNlcjpwYXNz today', `sent with Basic ${marker} today`],
    ['sent with bearer abcdefgh12345 today', `sent with bearer ${marker} today`],
    [
      'Authorization: AWS4-HMAC-SHA256 Credential=A/b, Signature=c',
      `Authorization: AWS4-HMAC-SHA256 ${marker}`,
    ],
    ['Cookie: sid=zzz; lang=en\r\nA: b', `Cookie: ${marker}\r\nA: b`],
    ['X-Api-Key: swordfish\nA: b', `X-Api-Key: ${marker}\nA: b`],
    ['postgres://ann:p4ss@db:5432/x', `postgres://ann:${marker}@db:5432/x`],
    ['{"url":"https:\\/\\/ann:p4ss@example.org\\/"}', `{"url":"https:\\/\\/ann:${marker}@example.org\\/"}`],
    ['https%3A%2F%2Fann%3Ap4ss%40example.org', `https%3A%2F%2Fann%3A${marker}%40example.org`],
    [
      'Server=db;User Id=sa;Password=swordfish;Timeout=5',
      `Server=db;User Id=sa;Password=${marker};Timeout=5`,
    ],
    ["CREATE USER ann IDENTIFIED BY 'swordfish';", `CREATE USER ann IDENTIFIED BY '${marker}';`],
    ["ALTER ROLE ann PASSWORD 'swordfish';", `ALTER ROLE ann PASSWORD '${marker}';`],
    ['login --password swordfish --verbose', `login --password ${marker} --verbose`],
    ['<a><password>swordfish</password></a>', `<a><password>${marker}</password></a>`],
    ['{"\\u0070assword":"swordfish"}', `{"\\u0070assword":"${marker}"}`],
  ])('%s', (text, expected) => {
    expect(redactor.text(text).text).toBe(expected);
  });

  test('a private key goes as a whole, on lines of its own, escaped, indented, cut short or as a list', () => {
    const lines = Array.from({ length: 6 }, () => from(base64, 64));
    for (const label of ['PRIVATE KEY', 'RSA PRIVATE KEY', 'OPENSSH PRIVATE KEY', 'ENCRYPTED PRIVATE KEY']) {
      const whole = [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`];
      const pem = whole.join('\n');
      const texts: [string, string][] = [
        [`key:\n${pem}\nrest`, `key:\n${marker}\nrest`],
        [`key: |\n  ${whole.join('\r\n  ')}\r\nrest`, `key: |\n  ${marker}\r\nrest`],
        [JSON.stringify({ a: pem }), `{"a":"${marker}"}`],
        [
          JSON.stringify({ a: JSON.stringify({ b: pem, c: 1 }) }),
          `{"a":"{\\"b\\":\\"${marker}\\",\\"c\\":1}"}`,
        ],
        [`${pem.slice(0, 260)}`, marker],
      ];
      for (const [text, expected] of texts) expect(redactor.text(text).text, `seed ${seed}`).toBe(expected);
      const list = redactor.text(JSON.stringify(whole)).text;
      expect(JSON.parse(list), `seed ${seed}`).toEqual([whole[0], ...lines.map(() => marker), whole.at(-1)]);
    }
  });
});

describe('the secrets the process has loaded', () => {
  const secrets = [mixed(`${alnum} !"#$%&'()*+,-./:;<=>?@[\\]^_{|}~`, 40), mixed(alnum, 8), 'seven77'];
  const redactor = createRedactor({ secrets });

  test.each(secrets.slice(0, 2))('%j is found in every form', (secret) => {
    const forms = [
      secret,
      JSON.stringify(secret),
      JSON.stringify(JSON.stringify({ a: secret })),
      encodeURIComponent(secret),
      encodeURIComponent(encodeURIComponent(secret)),
      ...['', 'a', 'ab', 'user:'].flatMap((before) => {
        const bytes = Buffer.from(`${before}${secret} after`);
        return [bytes.toString('base64'), bytes.toString('base64url')];
      }),
      `${secret.slice(0, 4)}\n${secret.slice(4)}`,
      JSON.stringify(`${secret.slice(0, 5)}\r\n  ${secret.slice(5)}`),
      `"${[...secret].map((char) => `\\u00${char.charCodeAt(0).toString(16)}`).join('')}"`,
    ];
    for (const form of forms) {
      const redacted = redactor.text(`before ${form} after`);
      expect(redacted, `seed ${seed}: ${form} → ${redacted.text}`).toMatchObject({
        count: 1,
        rules: ['loaded-secret'],
      });
    }
  });

  test('one of fewer than eight characters is not looked for', () => {
    expect(redactor.text('lucky seven77').text).toBe('lucky seven77');
  });
});

describe('attributes and values', () => {
  const redactor = createRedactor({ secrets: [] });
  const marker = '***REDACTED***';

  test.each([
    'password',
    'db.passwd',
    'api_key',
    'apiKey',
    'x-api-key',
    'authorization',
    'http.request.header.set-cookie',
    'client_secret',
    'clientSecret',
    'access_token',
    'token',
    'sessionToken',
    'private_key',
    'credentials',
    'COOKIE',
  ])('a string under %s goes as a whole', (key) => {
    expect(redactor.attribute(key, 'tea')).toEqual({ value: marker, count: 1, rules: ['secret-key'] });
    expect(redactor.attribute(key, ['tea', 'cake'])).toEqual({
      value: [marker, marker],
      count: 2,
      rules: ['secret-key'],
    });
    expect(redactor.attribute(key, 7)).toEqual({ value: 7, count: 0, rules: [] });
    expect(redactor.attribute(key, true)).toEqual({ value: true, count: 0, rules: [] });
    expect(redactor.attribute(key, '')).toEqual({ value: '', count: 0, rules: [] });
  });

  test.each([
    'gen_ai.usage.input_tokens',
    'max_tokens',
    'token_count',
    'gen_ai.token.type',
    'prompt_sha256',
    'session_id',
    'agento.prompt.sha256',
    'secretary',
    'tokenizer',
    'keyboard',
    'next_page_token',
    'author',
    'user.goal',
  ])('a string under %s stays', (key) => {
    expect(redactor.attribute(key, 'tea')).toEqual({ value: 'tea', count: 0, rules: [] });
  });

  test('a value is copied without its secrets, whatever their depth', () => {
    const original = {
      a: [{ password: 'tea', tokens: 3 }],
      url: 'http://ann:p4ss@example.org',
      n: null,
      ok: true,
    };
    const copy = redactor.value(original);
    expect(copy).toEqual({
      value: {
        a: [{ password: marker, tokens: 3 }],
        url: `http://ann:${marker}@example.org`,
        n: null,
        ok: true,
      },
      count: 2,
      rules: ['secret-key', 'url-password'],
    });
    expect(original.a[0]?.password).toBe('tea');
  });
});
