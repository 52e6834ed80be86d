import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { createRedactor } from '../src/index.ts';

const redactor = createRedactor({ secrets: ['a loaded secret of the process'] });
const hash = (algorithm: string) => createHash(algorithm).update(randomBytes(16));

const texts: Record<string, string> = {
  'a sha256': `prompt_sha256: ${hash('sha256').digest('hex')}, agento.prompt.sha256=${hash('sha256').digest('hex')}`,
  'a commit': `fixed in ${hash('sha1').digest('hex')} (${hash('sha1').digest('hex').slice(0, 7)})`,
  UUIDs: `${randomUUID()} ${randomUUID().toUpperCase()} {"id":"${randomUUID()}","session_id":"${randomUUID()}"}`,
  'a traceparent': `traceparent: 00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`,
  'JSON ids': JSON.stringify({
    trace_id: randomBytes(16).toString('hex'),
    span_id: randomBytes(8).toString('hex'),
  }),
  'a picture': `![tea](data:image/png;base64,${randomBytes(30_000).toString('base64')})`,
  'a picture in JSON': JSON.stringify({
    url: `data:image/jpeg;base64,${randomBytes(30_000).toString('base64')}`,
  }),
  'an npm integrity': `"integrity": "sha512-${hash('sha512').digest('base64')}"`,
  'usage counts': '{"gen_ai.usage.input_tokens":5,"max_tokens":4096,"token_count":"12","total_tokens":17}',
  'a token type':
    'gen_ai.token.type=input, token_type: bearer, "token_endpoint": "https://example.org/token"',
  prose: [
    'The secret to success: patience. Token: a word piece. Cookie: a small sweet thing.',
    'A password is required; passwords must have twelve characters. Password: required.',
    'Authorization: the process of granting access. The bearer of good news. Basic authentication is old.',
    'A token of thanks = a cake. Her secret: she bakes. The key: be kind. "The password:" he said, "is long."',
    'He asked for credentials: a diploma and two letters. Secretary: Ann. Keyboard: none.',
  ].join('\n'),
  'JSON prose': JSON.stringify({
    a: 'The password:',
    b: 'secret=',
    c: ['token:', ', '],
    d: 'my token: "',
    e: '", f',
  }),
  'a long URL':
    'https://example.org/how-to-open-a-repair-cafe-in-2026/part-2?utm_source=a&page=3&q=tea%20and%20cake#top',
  'a URL with a port':
    'http://127.0.0.1:4318/v1/traces http://localhost:16686/trace/@latest mailto:ann@example.org',
  'maps under names that are none of a secret':
    '{"token_usage":{"prompt":"12 units"},"max_tokens":{"of":"a step"},"password_policy":{"least":"twelve"}}',
  'types in the schema of a tool':
    '{"properties":{"password":{"type":"string"},"tokens":{"type":"array"},"api_key":{"type":["string","null"],"minLength":8}}}',
  'names that stand beside a value, and are none of a secret': JSON.stringify([
    { name: 'Token budget', value: '20k' },
    { key: 'password policy', value: 'twelve characters' },
    { name: 'session', value: 'the first' },
    { name: 'Secret ingredient', value: 'garlic' },
    { name: 'Keep the password secret', value: 'of all volunteers' },
    { name: 'max_tokens', value: '4096' },
  ]),
  'names of secrets that no value stands beside': JSON.stringify([
    { name: 'password', type: 'string', description: 'Of the user' },
    { name: 'password', value: '', label: 'Password' },
    { name: 'password', value: 7, required: true },
    { name: 'DB_PASSWORD', value: '§{DB_PASSWORD}' },
    { name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } },
    { name: 'password' },
    { option: 'secret', default_value: '[]' },
    { value: 'tea' },
    { required: ['email', 'password', 'firstName', 'token', 'address1'], grants: ['password', 'oauth2'] },
    [
      ['password', 'Password'],
      ['token', 'text'],
    ],
  ]).replaceAll('§', '$'),
  'what plans say of a title that is also the name of a secret': JSON.stringify([
    { name: 'Authorization', value: 'Get approval from the city council (by May)' },
    { name: 'Authorization', value: 'Basic understanding of cooking' },
    { name: 'Cookies', value: 'two dozen, chocolate chip' },
    { name: 'API keys', value: 'Store them in the vault;\nnever in the code.' },
    { key: 'Access token', value: 'valid for 1 hour' },
    { name: 'Passwords', value: 'must have twelve characters' },
    { name: 'Credentials', value: 'Zehn Jahre Bäckerei' },
    { key: 'login.password_label', value: 'Kennwort' },
    { name: 'cookie_consent', value: 'banner' },
  ]),
  'lists of titles':
    '["Authorization","Basic understanding of cooking"], ["authorization","Signature dishes of Ann"]',
  'what is said of parameters':
    '<param name="token">A cancellation token.</param> <name>Cookies</name><value>on a plate</value>',
  'lines that are said of a title':
    '- name: Cookies\n  value: Ann bakes 20\n- name: Token\n  value: |\n    a piece of a word,\n    or a coin\n',
  'lines that are no pair and no block': [
    '- name: password',
    '- value: tea',
    '- name: token',
    '  required: true',
    '- name: x',
    '  value: tea',
    '| password: | x |',
    'token: |',
    'and so on',
    '- name: token',
    '  value: a word piece',
  ].join('\n'),
  'tags in prose and pages': [
    'Use <password> and <token> in <b>it</b>.',
    '<label name="password">Your password</label> <input name="password" value=""> <a name="password">Rules</a>',
    '<password><old>1</old></password>',
    'The `token`:\n\n```json\n{}\n```',
    '--b\r\nContent-Disposition: form-data; name="password"\r\n\r\n\r\n--b--',
  ].join('\n'),
  'maps in code': [
    "const token: Token = { kind: 'identifier', text: 'tea' };",
    'The password: {see "Annex"} and "tea". Set "password": [see "Annex"] and "tea".',
    'let password: string = read("name");',
  ].join('\n'),
  placeholders: [
    'api_key = "YOUR_API_KEY"',
    'export OPENAI_API_KEY=<your key>',
    'password: §{DB_PASSWORD}',
    'token: {{ secrets.TOKEN }}',
    'Authorization: Bearer <token>',
    'Authorization: Bearer $TOKEN',
    'curl -H "Authorization: Bearer §{TOKEN}"',
    'postgres://user:§{PASSWORD}@db/x',
    'OPENAI_API_KEY=sk-your-api-key-here',
    'ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
  ]
    .join('\n')
    .replaceAll('§', '$'),
  code: [
    'const token = await getToken(user);',
    'client = OpenAI(api_key=os.environ["OPENAI_API_KEY"])',
    'function login(password: string, token?: string): boolean {}',
    'if (token === undefined) throw new Error("token: missing");',
    'this.apiKey = options.apiKey;',
    'const config = { privateKey: readFileSync(path), token: tokens[0] };',
    'api_key=api_key, password=password',
    'interface Options { secret: string; cookie: Cookie }',
    'for (const [key, value] of Object.entries(tokens)) {}',
    'cache[token]=entries;',
    'cache[token]=entries',
    "items.find({ name: 'token', value: 'tea' });",
    'secret = """\nIt says what this is.\n"""',
    "shaped('jwt', 'ey[0-9]{10,}[a-z]{20}');",
    "['secrets', 'key1'], ['/:secretToken', '/{secretToken}']",
  ].join('\n'),
  'a key to look for': 'Look for -----BEGIN PRIVATE KEY----- and never commit it.',
  identifiers: 'BalancedPlanner agento-offline-1 expansion_evaluation_of_item_3 sk-toggleable-content_item',
  'right to left': 'الرمز السري: صبر — סוד ההצלחה: סבלנות 🫖',
};

test.each(Object.entries(texts))('%s comes through unchanged', (_name, text) => {
  expect(redactor.text(text)).toEqual({ text, count: 0, rules: [] });
  const inJson = JSON.stringify({ content: text });
  expect(redactor.text(inJson)).toEqual({ text: inJson, count: 0, rules: [] });
});

test('hostile texts of up to a megabyte are read to their end, without a hang', () => {
  const pieces = [
    'a',
    '-',
    '=',
    ':',
    '"',
    '\\',
    '\\"',
    '\n',
    '\\n',
    '%3D',
    '%',
    '\\u0061',
    'ghp_',
    'sk-',
    'eyJ',
    'eyJa.',
    'ghs_1_a.',
    'SG.a.',
    '://',
    '://a:',
    'password',
    'password=',
    'token: "',
    '"token":[',
    '"token":["a",',
    "password='",
    '-----BEGIN ',
    '-----BEGIN PRIVATE KEY-----',
    '-----END PRIVATE KEY-----',
    'Bearer ',
    'Basic ',
    'xoxb-1-',
    'password: ',
    '--token ',
    '<token>',
    'a loaded secret',
    'Cookie: a=',
    'AKIA',
    '\ud800',
    'A',
    'x.',
    '=> ',
    'token\\\\',
    '/',
    '1234567:',
    '/%3D\\',
    'x.  %2525',
    'Authorization: Digest ',
  ];
  for (const piece of [...pieces, pieces.join('')]) {
    const size = piece.length > 100 ? 1_000_000 : 200_000;
    const text = piece.repeat(Math.ceil(size / piece.length));
    expect(() => redactor.text(text), piece).not.toThrow();
  }
});
