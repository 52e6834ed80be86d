import { kinds } from '../src/testing.ts';

/** Texts written to cost as much as they can, each made to a length in characters. */
export type Family = [name: string, make: (length: number) => string];

const repeat = (piece: string, length: number) =>
  piece.repeat(Math.ceil(length / piece.length)).slice(0, length);

/** What each rule begins with, ends with, or looks for. */
export const openers = [
  '-----BEGIN ',
  '-----BEGIN PRIVATE KEY-----',
  '-----BEGIN PRIVATE KEY-----\n',
  '-----BEGIN RSA PRIVATE KEY-----"x"',
  '-----END PRIVATE KEY-----',
  'password',
  'password=',
  'password: ',
  'password=a1b2c3d4e5 ',
  'aPasswordB',
  'api_key=',
  '--token ',
  '<password>',
  "identified by '",
  'Authorization: Digest ',
  'Authorization: Basic ',
  'authorization=',
  'bearer+',
  'bearer abcdefghijklmnopqrstuvwxyz012345 ',
  'basic+',
  'Basic YWFhOmFh ',
  'Cookie: a=b; ',
  '://',
  '://a:',
  'http://a:b@c ',
  '?token=a1b2c3d4&',
  'ghp_',
  'ghs_1_a.',
  'sk-',
  'sk_a_',
  'sk-aaaaaaaaaaaaaaa1\n',
  'ey_',
  'eyJa.',
  'npm_',
  'xoxb-1-',
  'SG.a.',
  'AKIA',
  'hooks.slack.com/services/',
  'https://hooks.slack.com/services/T1/B1/',
  'base64,',
  'the-loaded',
  'the-loaded-secret-of-the-ben',
  '<password',
  '<password ',
  '<a:password b="c" ',
  '<password><![CDATA[',
  '<password>a</password>',
  '<key>password</key>',
  '<key>password</key><string>',
  '<param name="password" ',
  '<param name="password">',
  '<property name="password"><value>',
  'name: password # a\n\n',
  'name: password\n# a\n',
  'name: a password ',
  'name="password" ',
  'form-data; name="password"\r\n\r\n',
  'form-data; name="password"\r\n\r\na\r\n',
  'user[',
  'user[password',
  'user[password]=',
  'user[password][0]=abc&',
  '[password] => ',
  'name:',
  'name: password\n',
  '- name: password\n  a: b\n  ',
  'name: password\\n',
  'password: |\n',
  'password: |\n  a\n',
  ' password: |\\n  a',
  "password='''",
];
/** Quotes that open, close by half, or nest; and escapes of every kind, nested. */
export const quotes = [
  '"',
  '\\"',
  '\\\\"',
  '"\\',
  "'",
  '`"',
  'password="',
  'password=\\"',
  'password="\'',
  '"password":"\\',
  '\\\\\\"password\\\\\\":\\\\\\"',
  '"token":["a",',
  '"token":[',
  '"token":{"a":"b",',
  '"token":{',
  '"token":{"a":{\\n',
  "password={'",
  '"token"\\n ',
  '%3D',
  '%22',
  '%2525252525',
  '%7B%22password%22%3A%22',
  '\\u0061',
  '\\u0022',
  '\\u005c',
  '\\u005cu0061',
  '\\/',
  '~0~1',
  '~01',
  '%5Cu0025~1%7E0\\u00257E1 password=%3D',
  '%25252541~1 ',
  '\\n',
  '\\\\n',
  'abcdefghijklmnopqrst\\n',
  '"name":"password",',
  '"name":"password","a":"',
  '{"name":"password","a":[',
  '{"name":"password","a":{"b":[1,',
  '"name":"password"\\n ',
  '"value":"a","name":"password"',
  '"a":1,"name":"password"',
  '\\"a\\":1,\\"name\\":\\"password\\"',
  '"name":"password","value":1,',
  '"value":1,"name":"password","value":"a",',
  '"name":"password] ","a":1,',
  "(b'password', b'",
  '["password","',
  '["password","a"],',
  '"password",\\n ',
  '\\u003cpassword\\u003e',
];
/** Long runs of one class of character. */
export const runs = [
  'a',
  'A',
  '7',
  'f',
  '-',
  '_',
  '=',
  ':',
  '\\',
  '/',
  '.',
  ' ',
  '\n',
  '\t',
  'é',
  '🫖',
  '\ud800',
];

/** A text in which an opener stands once, and what could follow goes on for ever. */
const endless: Family[] = [
  'password="',
  '://a:',
  '%3D',
  '\\u0061',
  'ey',
  '<password>',
  'Bearer ',
  'Basic ',
].flatMap((opener) =>
  ['a', '"', '\\', '.', 'a1-'].map(
    (fill): Family => [
      `${opener} and ${fill} without end`,
      (length) => (opener + repeat(fill, length)).slice(0, length),
    ],
  ),
);

/** Credentials one after the other, each new: nothing can be remembered, everything is replaced. */
const credentials: Family = [
  'credentials of every kind',
  (length) => {
    const makers = Object.values(kinds);
    let text = '';
    for (let index = 0; text.length < length; index++) text += `${makers[index % makers.length]?.()} `;
    return text.slice(0, length);
  },
];

/** What the redactors that read these have loaded beside others: it begins at every line of the last family. */
export const brokenSecret = 'ab'.repeat(12);

export const families: Family[] = [
  ...[...openers, ...quotes, ...runs].map((piece): Family => [piece, (length) => repeat(piece, length)]),
  ...endless,
  credentials,
  ['a loaded secret with line breaks', (length) => repeat('ab\na\n\nb\n  ', length)],
];
