import { describe, expect, test } from 'vitest';
import { createRedactor, type Redactor } from '../src/index.ts';
import { alnum, from } from '../src/testing.ts';

const marker = '***REDACTED***';
const redactor = createRedactor({ secrets: ['the-l0aded-secret'] });
const learn = async (input: unknown) => (await redactor.learn(input)) ?? redactor;
const jwt = (header: string) =>
  [
    Buffer.from(header).toString('base64url'),
    Buffer.from('{"sub":"ann","iat":1516239022}').toString('base64url'),
    from(alnum, 43),
  ] as const;

function withoutAll(learned: Redactor, texts: string[]): void {
  for (const text of texts) {
    const { text: left } = learned.text(`before ${text} after`);
    expect(left.replaceAll(marker, '')).toBe('before  after');
  }
}

describe('what was a secret once in an input', () => {
  test('is found bare, in JSON, in a URL and in base64', async () => {
    const secret = 'hunter2+/%hunter22';
    withoutAll(await learn({ goal: `password='${secret}'` }), [
      secret,
      JSON.stringify(secret).slice(1, -1),
      encodeURIComponent(secret),
      Buffer.from(secret).toString('base64'),
    ]);
  });

  test('is found however its parts are joined, or each by itself', async () => {
    const [header, claims, signature] = jwt('{"alg":"HS256","typ":"JWT"}');
    const learned = await learn({ goal: `Use ${header}.${claims}.${signature} for the calendar.` });
    withoutAll(learned, [header, claims, signature, header + claims + signature]);
    expect(learned.text(`${header} ${claims}, ${signature}`).text).toBe(`${marker} ${marker}, ${marker}`);
  });

  test('is known by the name it stands under at any depth, in lists and in JSON within a text too', async () => {
    const learned = await learn({
      plan: [{ api_key: 'blue-door-17-x', cookies: ['sess-0123456789'] }],
      context: '{"client_secret":"green-window-18"}',
      login: { password: { old: 'brown-roof-19-x', next: ['white-wall-20-x'] } },
      env: [{ name: 'DB_PASSWORD', value: 'grey-stairs-21-x' }],
    });
    withoutAll(learned, [
      'blue-door-17-x',
      'sess-0123456789',
      'green-window-18',
      'brown-roof-19-x',
      'white-wall-20-x',
      'grey-stairs-21-x',
    ]);
  });

  test('is learnt beside a word of megabytes, which no regular expression takes', async () => {
    const given = { note: `sk-${'a1'.repeat(4_000_000)}`, password: 'blue-door-17-x' };
    withoutAll(await learn(given), ['blue-door-17-x']);
  });

  test('is found to its end where it is longer than anything else', async () => {
    const secret = from(alnum, 3_000);
    withoutAll(await learn({ goal: `token=${secret}` }), [secret]);
  });

  test.each(['required', 'correct-horse', 'hunter2', 'state-of-the-art', 'internationalization'])(
    'stays elsewhere where it is short or an ordinary word: %s',
    async (word) => {
      expect((await learn({ goal: `password=${word}` })).text(`It is ${word} here.`).text).toBe(
        `It is ${word} here.`,
      );
    },
  );

  test('is not learned where a placeholder stands in its place', async () => {
    expect(
      await redactor.learn({ password: '<the password of 2026>', goal: 'api_key=YOUR_API_KEY_12' }),
    ).toBeNull();
  });

  test('adds to what the process has loaded, and the redactor it was learned by does not know it', async () => {
    const learned = await learn({ goal: 'password=hunter2hunter2' });
    expect(learned.text('the-l0aded-secret hunter2hunter2').text).toBe(`${marker} ${marker}`);
    expect(learned.text('hunter2hunter2')).toMatchObject({ rules: ['learned-secret'] });
    expect(redactor.text('the-l0aded-secret hunter2hunter2').text).toBe(`${marker} hunter2hunter2`);
  });

  test('is looked for up to 64 a run', async () => {
    const secrets = Array.from({ length: 100 }, () => from(alnum, 20));
    const learned = await learn({ goal: secrets.map((secret) => `password=${secret}`).join('\n') });
    const left = secrets.filter((secret) => learned.text(`It is ${secret}.`).count === 0);
    expect(left).toEqual(secrets.slice(64));
  });
});
