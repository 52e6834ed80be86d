import { recordsContent, redactText } from '@agento/tracing';
import Type, { type Static } from 'typebox';
import { pick } from './pick.ts';

const Code = Type.Union([Type.String({ pattern: '^[\\w.-]{1,64}$' }), Type.Integer()]);
const Words = Type.Object({
  message: Type.Optional(Type.String()),
  msg: Type.Optional(Type.String()),
  code: Type.Optional(Code),
  type: Type.Optional(Code),
  status: Type.Optional(Code),
});

/** The shapes in which servers report an error. */
const ErrorBody = Type.Object({
  error: Type.Optional(Type.Union([Type.String({ minLength: 1 }), Words])),
  errors: Type.Optional(Type.Array(Type.Union([Type.String(), Words]), { maxItems: 8 })),
  detail: Type.Optional(
    Type.Union([
      Type.String({ minLength: 1 }),
      Type.Array(
        Type.Object({
          loc: Type.Optional(Type.Array(Type.Union([Type.String(), Type.Integer()]))),
          msg: Type.String(),
        }),
        { maxItems: 8 },
      ),
      Words,
    ]),
  ),
  message: Type.Optional(Type.String({ minLength: 1 })),
  object: Type.Optional(Type.String()),
  code: Type.Optional(Code),
  type: Type.Optional(Code),
});

/** A server's description of its failure: the message, and its code or type. */
export interface ServerError {
  words: string;
  codes: string[];
}

/** The error in a response's JSON; null if there is none. */
export function readError(value: unknown): ServerError | null {
  // Gemini's endpoint answers with a list containing one error.
  const body = pick(ErrorBody, Array.isArray(value) ? value[0] : value);
  if (!body) return null;
  const { error, errors, detail, message, code, type } = body;
  const given = error ?? errors?.[0] ?? detail ?? message;
  if (given === undefined || (typeof given === 'object' && Object.keys(given).length === 0)) return null;
  const inner = wordsIn(given);
  const outer = [code, type].filter((entry) => entry !== undefined).map(String);
  return { words: inner.words || message || '', codes: [...inner.codes, ...outer] };
}

type Given = NonNullable<Static<typeof ErrorBody>['error' | 'detail']>;

function wordsIn(given: Given): ServerError {
  if (typeof given === 'string') return { words: given, codes: [] };
  if (Array.isArray(given)) {
    return {
      words: given.map(({ loc, msg }) => [loc?.join('.'), msg].filter(Boolean).join(': ')).join('; '),
      codes: [],
    };
  }
  const { message, msg, code, type, status } = given;
  return {
    words: message ?? msg ?? '',
    codes: [code, type, status].filter((entry) => entry !== undefined).map(String),
  };
}

/** The status a code or type stands for; an error without a meaningful one counts as a bad gateway. */
const meanings: [RegExp, number][] = [
  [/quota|rate.?limit|too_many/i, 429],
  [/auth|api_key|permission/i, 401],
  [/not_found/i, 404],
  [/timeout/i, 408],
  [/overloaded|unavailable/i, 503],
  [/invalid|context_length|bad_request|unsupported|content_filter/i, 400],
  [/server_error|internal|api_error/i, 500],
];

export function statusOf({ codes }: ServerError): number {
  for (const code of codes) {
    const number = Number(code);
    if (Number.isInteger(number) && number >= 400 && number <= 599) return number;
  }
  return meanings.find(([pattern]) => codes.some((code) => pattern.test(code)))?.[1] ?? 502;
}

const mostWords = 300;

/** A server's message, safe to show: one line, without secrets, bounded; empty while content is off. */
export function quoted(words: string): string {
  if (!recordsContent()) return '';
  // Tags become line breaks: a secret split by a line break is still found.
  const line = redactText(words.slice(0, 4_096).replace(/<[^<>]{0,500}>/g, '\n'))
    .replace(/[\s\p{C}]+/gu, ' ')
    .trim();
  return line.length > mostWords ? `${line.slice(0, mostWords)}…` : line;
}
