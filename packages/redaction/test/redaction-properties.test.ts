import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRedactor } from '../src/index.ts';
import { isPlaceholder } from '../src/words/placeholders.ts';

const loaded = 'the-loaded/Key+"42"';
const redactor = createRedactor({ secrets: [loaded, 'REDACTED'] });

/** Texts made of what the rules look for, in any order and nesting, and of anything at all. */
const piece = fc.oneof(
  fc.constantFrom(
    'password',
    'token',
    'api_key',
    'Authorization',
    'cookie',
    'secret',
    ':',
    '=',
    ' ',
    ': ',
    '"',
    "'",
    '`',
    '\\',
    '\\"',
    '\\\\"',
    '\n',
    '\\n',
    '\\\\n',
    '\r\n',
    ',',
    '{',
    '}',
    '[',
    ']',
    '%3D',
    '%22',
    '%',
    '\\u0061',
    '\\u0022',
    '\\/',
    '://',
    '@',
    '&',
    ';',
    'Bearer ',
    'Basic ',
    'dXNlcjpwYXNz',
    'hunter2',
    'sk-',
    'ghp_',
    'a1B2c3D4e5F6g7H8i9J0',
    'eyJhbGciOi.eyJzdWIiOi.abc',
    '<',
    '>',
    '***REDACTED***',
    'REDACTED',
    '*',
    '-----BEGIN PRIVATE KEY-----',
    '-----END PRIVATE KEY-----',
    '--token ',
    'name',
    'value',
    '"name":"api_key"',
    '"value":"',
    '- name: ',
    '\n  value: ',
    '|\n  ',
    '<password>',
    '</password>',
    '<![CDATA[',
    '[token]=',
    "'''",
    loaded,
    '\ud800',
    'é',
    '🫖',
  ),
  fc.string({ unit: 'binary', maxLength: 4 }),
);
const text = fc.array(piece, { maxLength: 24 }).map((pieces) => pieces.join(''));
const json = fc.jsonValue().chain((value) => fc.tuple(fc.constant(value), fc.dictionary(text, text), text));

test('any text can be redacted, and redacting the result changes nothing', () => {
  fc.assert(
    fc.property(text, (given) => {
      const redacted = redactor.text(given);
      expect(redactor.text(redacted.text)).toEqual({ text: redacted.text, count: 0, rules: [] });
      expect(redacted.count > 0).toBe(redacted.text !== given);
    }),
    { numRuns: 3_000 },
  );
});

test('JSON stays JSON, also within JSON', () => {
  fc.assert(
    fc.property(json, fc.boolean(), (value, indented) => {
      const once = JSON.stringify(value, null, indented ? 2 : 0);
      expect(() => JSON.parse(redactor.text(once).text)).not.toThrow();
      const twice = JSON.stringify({ body: once, after: 1 });
      const outer: unknown = JSON.parse(redactor.text(twice).text);
      expect(outer).toMatchObject({ after: 1 });
    }),
    { numRuns: 1_500 },
  );
});

/** JSON in which every string but the keys begins as no key does, and none says that it was a secret. */
const { tree: secrets } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    text.map((any) => `Zq7 ${any}`).filter((any) => !isPlaceholder(any)),
    fc.integer(),
    fc.constant(null),
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(
      fc.string().filter((key) => key !== '__proto__' && !key.includes('Zq7')),
      tie('tree'),
      { maxKeys: 4 },
    ),
  ),
}));

test('below the key of a secret no text stays, and what is beside it does, also in JSON within JSON', () => {
  fc.assert(
    fc.property(secrets, fc.nat(3), fc.nat(2), (password, nesting, indent) => {
      let given = JSON.stringify({ before: 'tea', password, after: 'cake' }, null, indent);
      for (let level = 0; level < nesting; level++) given = JSON.stringify({ body: given }, null, indent);
      const redacted = redactor.text(given).text;
      expect(redacted).not.toContain('Zq7');
      let inner = JSON.parse(redacted);
      for (let level = 0; level < nesting; level++) inner = JSON.parse(inner.body);
      expect(inner).toMatchObject({ before: 'tea', after: 'cake' });
    }),
    { numRuns: 1_000 },
  );
});

const member = fc.tuple(
  fc
    .string()
    .filter((key) => !/^_|name|key|value|val|path|field|header|var|par|opt|set|prop|attr/i.test(key)),
  fc.oneof(
    text.filter((any) => !any.includes('Zq7')),
    fc.integer(),
    fc.constant(null),
  ),
);

test('the value beside the name of a secret goes, in any order, indented or in JSON within JSON', () => {
  fc.assert(
    fc.property(
      fc.array(member, { maxLength: 2 }),
      fc.array(member, { maxLength: 2 }),
      secrets,
      fc.boolean(),
      fc.nat(3),
      fc.nat(2),
      (before, between, value, isFirst, nesting, indent) => {
        const pair: [string, unknown][] = [
          ['name', 'DB_PASSWORD'],
          ['value', isFirst ? 'Zq7 "\\' : value],
        ];
        if (isFirst) pair.reverse();
        const [one, two] = pair as [[string, unknown], [string, unknown]];
        const named = Object.fromEntries([...before, one, ...between, two]);
        let given = JSON.stringify(
          [{ name: 'user', value: 'tea' }, named, { name: 'x', value: 'cake' }],
          null,
          indent,
        );
        for (let level = 0; level < nesting; level++) given = JSON.stringify({ body: given }, null, indent);
        const redacted = redactor.text(given).text;
        expect(redacted).not.toContain('Zq7');
        let inner = JSON.parse(redacted);
        for (let level = 0; level < nesting; level++) inner = JSON.parse(inner.body);
        expect([inner[0], inner[2]]).toEqual([
          { name: 'user', value: 'tea' },
          { name: 'x', value: 'cake' },
        ]);
      },
    ),
    { numRuns: 1_000 },
  );
});

test('a loaded secret survives in no text and under no key', () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const planted = `${before}${loaded}${after}`;
      expect(redactor.text(planted).text).not.toContain(loaded);
      expect(JSON.stringify(redactor.value({ [planted]: [planted] }).value)).not.toContain('the-loaded/Key');
    }),
    { numRuns: 1_000 },
  );
});

test('values and attributes of any kind can be redacted, and numbers stay', () => {
  fc.assert(
    fc.property(fc.jsonValue(), text, fc.double(), (value, key, number) => {
      expect(() => redactor.value(value)).not.toThrow();
      expect(() => redactor.attribute(key, value)).not.toThrow();
      expect(redactor.attribute(key, number)).toEqual({ value: number, count: 0, rules: [] });
    }),
  );
});
