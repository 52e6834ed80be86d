import { alnum, base64, from, mixed } from '../src/testing.ts';

type Library = typeof import('../src/index.ts');

/** A reader, how it is switched off, and a secret that nothing else finds. */
export interface Leak {
  reader: string;
  /** The module below src, and what it exports instead. */
  module: string;
  without(actual: Record<string, never>): object;
  secret: string;
  text: string;
  /** How the text is read; by a redactor that knows no secrets, where it is left out. */
  read?(library: Library, text: string): string | Promise<string>;
}

const nothing = () => {};
const loaded = mixed(alnum, 30);
const phrase = `open the blue ${from(alnum, 8)} door`;
const replicate = `r8_${from(alnum, 37)}`;
const keyLine = from(base64, 64);

export const leaks: Leak[] = [
  {
    reader: 'names of secrets',
    module: 'words/secret-keys.ts',
    without: (actual) => ({ ...actual, isSecretKey: () => false }),
    secret: 'swordfish',
    text: '{"client_secret":"swordfish"}',
    read: ({ createRedactor }, text) =>
      JSON.stringify(createRedactor({ secrets: [] }).value(JSON.parse(text)).value),
  },
  {
    reader: 'assignments',
    module: 'by-place/assignments.ts',
    without: (actual) => ({ ...actual, createAssignmentReader: () => (_: number, end: number) => end }),
    secret: 'swordfish',
    text: 'db:\n  password: swordfish\n  user: ann',
  },
  {
    reader: 'names beside their values',
    module: 'by-place/pairs.ts',
    without: (actual) => ({ ...actual, besideName: () => undefined }),
    secret: 'swordfish',
    text: '{"env":[{"name":"DB_PASSWORD","value":"swordfish"}]}',
  },
  {
    reader: 'names beside their values in maps',
    module: 'by-place/pairs.ts',
    without: (actual) => ({ ...actual, heldBeside: () => null }),
    secret: 'swordfish',
    text: '[{"name":"DB_PASSWORD","value":"swordfish"}]',
    read: ({ createRedactor }, text) =>
      JSON.stringify(createRedactor({ secrets: [] }).value(JSON.parse(text)).value),
  },
  {
    reader: 'names in elements',
    module: 'by-place/pairs.ts',
    without: (actual) => ({ ...actual, besideElement: () => undefined }),
    secret: 'swordfish',
    text: '<dict><key>password</key><string>swordfish</string></dict>',
  },
  {
    reader: 'elements',
    module: 'by-place/pairs.ts',
    without: (actual) => ({ ...actual, elementAt: () => undefined }),
    secret: 'correct horse',
    text: '<o:password type="text">correct horse</o:password>',
  },
  {
    reader: 'block scalars',
    module: 'by-place/lines.ts',
    without: (actual) => ({ ...actual, blockAt: () => undefined }),
    secret: 'swordfish',
    text: 'db:\n  password: |\n    swordfish\n  user: ann',
  },
  {
    reader: 'SQL passwords',
    module: 'by-place/assignments.ts',
    without: (actual) => ({ ...actual, readSqlPassword: (_: string, at: number) => at }),
    secret: 'swordfish',
    text: "CREATE USER ann IDENTIFIED BY 'swordfish';",
  },
  {
    reader: 'quoted values',
    module: 'by-place/quoted.ts',
    without: (actual) => ({ ...actual, readQuoted: () => undefined }),
    secret: 'correct horse',
    text: '{"a":"{\\"apiKey\\": \\"correct horse\\", \\"b\\": 1}"}',
  },
  {
    reader: 'bearer credentials',
    module: 'by-place/authorization.ts',
    without: ({ createCredentialReaders: create }: Record<string, (text: string) => object>) => ({
      createCredentialReaders: (text: string) => ({ ...create?.(text), readBearer: nothing }),
    }),
    secret: 'abcdefgh12345',
    text: 'sent with bearer abcdefgh12345 today',
  },
  {
    reader: 'basic credentials',
    module: 'by-place/authorization.ts',
    without: ({ createCredentialReaders: create }: Record<string, (text: string) => object>) => ({
      createCredentialReaders: (text: string) => ({ ...create?.(text), readBasic: nothing }),
    }),
    secret: 'dXNlcjpwYXNz',
    text: 'sent with Basic dXNlcjpwYXNz today',
  },
  {
    reader: 'private keys',
    module: 'by-place/private-keys.ts',
    without: () => ({ createPrivateKeyReader: () => (at: number) => at }),
    secret: keyLine,
    text: `-----BEGIN PRIVATE KEY-----\n${keyLine}\n${from(base64, 64)}\n(the rest was cut off)`,
  },
  {
    reader: 'passwords of URLs',
    module: 'by-place/urls.ts',
    without: () => ({ readUrlPassword: nothing }),
    secret: 'p4ss',
    text: 'the queue is amqp://ann:p4ss@broker:5672/plans',
  },
  {
    reader: 'credentials by their look',
    module: 'by-look/candidates.ts',
    without: (actual) => ({ ...actual, readCandidates: nothing }),
    secret: replicate,
    text: `They left ${replicate} on the table.`,
  },
  {
    reader: 'credentials across lines',
    module: 'by-look/candidates.ts',
    without: (actual) => ({ ...actual, readSplitCandidates: nothing }),
    secret: replicate.slice(20),
    text: `They left ${replicate.slice(0, 20)}\n  ${replicate.slice(20)} on the table.`,
  },
  {
    reader: "JSON's escapes",
    module: 'escapes.ts',
    without: (actual) => ({ ...actual, readEscaped: () => null }),
    secret: 'swordfish',
    text: '{"\\u0070assword":"swordfish"}',
  },
  {
    reader: "URLs' escapes",
    module: 'escapes.ts',
    without: (actual) => ({ ...actual, readPercentEncoded: () => null }),
    secret: 'abcdefgh',
    text: 'q=%7B%22api_key%22%3A%22abcdefgh%22%7D',
  },
  {
    reader: "JSON pointers' escapes",
    module: 'escapes.ts',
    without: (actual) => ({ ...actual, readPointers: () => null }),
    secret: 'p4ss',
    text: '/amqp:~1~1ann:p4ss@broker~1plans is not known',
  },
  {
    reader: 'known secrets',
    module: 'by-value/known-secrets.ts',
    without: () => ({ createKnownSecretReader: () => nothing }),
    secret: Buffer.from(loaded).toString('base64url'),
    text: `They left ${Buffer.from(loaded).toString('base64url')} on the table.`,
    read: ({ createRedactor }, text) => createRedactor({ secrets: [loaded] }).text(text).text,
  },
  {
    reader: 'known secrets across lines',
    module: 'by-value/line-breaks.ts',
    without: (actual) => ({
      ...actual,
      createGaps: () => ({ behind: (at: number) => at, isOwn: () => false }),
    }),
    secret: phrase.slice(15),
    text: `They left ${phrase.slice(0, 15)}\\n    ${phrase.slice(15)} on the table.`,
    read: ({ createRedactor }, text) => createRedactor({ secrets: [phrase] }).text(text).text,
  },
  {
    reader: 'learned secrets',
    module: 'by-value/learned-secrets.ts',
    without: () => ({ secretsIn: async () => [] }),
    secret: 'blue-door-17-x',
    text: 'You can open it with blue-door-17-x.',
    read: async ({ createRedactor }, text) => {
      const redactor = createRedactor({ secrets: [] });
      return ((await redactor.learn({ api_key: 'blue-door-17-x' })) ?? redactor).text(text).text;
    },
  },
  {
    reader: 'secrets of the environment',
    module: 'by-value/environment-secrets.ts',
    without: (actual) => ({ ...actual, secretsOfEnvironment: () => [] }),
    secret: 'd4tabase-pw',
    text: 'ann logs in with d4tabase-pw.',
    read: ({ createRedactor, secretsOfEnvironment }, text) =>
      createRedactor({ secrets: secretsOfEnvironment({ DB: 'postgres://ann:d4tabase-pw@db/plans' }) }).text(
        text,
      ).text,
  },
  {
    reader: 'credentials of a URL',
    module: 'by-value/environment-secrets.ts',
    without: (actual) => ({ ...actual, withoutCredentials: (url: string) => url }),
    secret: 'sesame',
    text: 'https://example.org/plans?key=sesame',
    read: ({ withoutCredentials }, text) => withoutCredentials(text),
  },
];
