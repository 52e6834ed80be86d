import { isOwn, numberOf, type RecordedSpan, textOf } from '../model.ts';
import { hasShed, storedText } from '../payload.ts';

import type { Rule, Violation } from './rule.ts';

/** Most bytes of UTF-8 in an attribute; larger values go into an event. */
const mostBytes = 8_192;

/** The requirements on every large value, wherever it is. */
export const payloadFormRules: Rule[] = [
  formRule(
    'payload.size',
    '{key}_truncated comes with {key}_size, in bytes, and payload_truncated = true',
    (span, key) => {
      if (span.attributes.payload_truncated !== true)
        return `${key}_truncated is set but payload_truncated is not true`;
      return numberOf(span.attributes, `${key}_size`) === null ? `${key}_size is missing` : null;
    },
  ),
  formRule(
    'payload.event',
    'a large value is complete in one ai.payload.large or .compressed event',
    (span, key) => {
      const stored = storedText(span, key);
      if (stored === null)
        return hasShed(span) ? null : `no ai.payload.large or .compressed event holds all of ${key}`;
      const size = numberOf(span.attributes, `${key}_size`);
      if (size !== null && Buffer.byteLength(stored) !== size)
        return `${key}_size is ${size}, the event holds ${Buffer.byteLength(stored)} bytes`;
      return stored.startsWith(textOf(span.attributes, `${key}_truncated`))
        ? null
        : `${key}_truncated is not the beginning of ${key}`;
    },
  ),
  {
    name: 'payload.attribute_size',
    module: null,
    where: 'every span Agento starts',
    requires: `what setContent records is at most ${mostBytes} bytes as an attribute`,
    check: ({ trace }) =>
      trace.spans.filter(isOwn).flatMap((span) =>
        Object.entries(span.attributes)
          .filter(
            ([key, value]) =>
              /^(ai\.|user\.goal)/.test(key) &&
              typeof value === 'string' &&
              Buffer.byteLength(value) > mostBytes,
          )
          .map(([key]) => ({ span, detail: `${key} is over ${mostBytes} bytes: record it with setContent` })),
      ),
  },
  {
    name: 'payload.compressed',
    module: null,
    where: 'event ai.payload.large.compressed',
    requires: 'hex of gzip with original_size and compressed_size, in bytes',
    check: ({ trace }) => trace.spans.filter(isOwn).flatMap(compressedProblems),
  },
  {
    name: 'payload.reference',
    module: null,
    where: 'every event',
    requires: 'the event that {field}_payload_key names exists',
    check: ({ trace }) =>
      trace.spans
        .filter((span) => isOwn(span) && !hasShed(span))
        .flatMap((span) =>
          span.events.flatMap((event) =>
            Object.keys(event.attributes)
              .filter((field) => /(^|_)payload_key$/.test(field))
              .filter((field) => storedText(span, textOf(event.attributes, field)) === null)
              .map((field) => ({
                span,
                detail: `${event.name}: ${field} names an event that does not exist`,
              })),
          ),
        ),
  },
];

function formRule(
  name: string,
  requires: string,
  check: (span: RecordedSpan, key: string) => string | null,
): Rule {
  return {
    name,
    module: null,
    where: 'every span Agento starts',
    requires,
    check: ({ trace }) =>
      trace.spans.filter(isOwn).flatMap((span) =>
        Object.keys(span.attributes)
          .filter((key) => key.endsWith('_truncated') && key !== 'payload_truncated')
          .flatMap((key): Violation[] => {
            const detail = check(span, key.slice(0, -'_truncated'.length));
            return detail === null ? [] : [{ span, detail }];
          }),
      ),
  };
}

function compressedProblems(span: RecordedSpan): Violation[] {
  return span.events
    .filter((event) => event.name === 'ai.payload.large.compressed')
    .flatMap((event): Violation[] => {
      const key =
        Object.keys(event.attributes).find((other) => !/^((original|compressed)_size|parts?)$/.test(other)) ??
        '';
      const text = storedText(span, key);
      const [original, compressed] = ['original_size', 'compressed_size'].map((field) =>
        numberOf(event.attributes, field),
      );
      if (text === null) return [{ span, detail: `${key || 'the value'} is not gzip in hex` }];
      // A value too long for one event is spread over several.
      const hex = span.events
        .filter(({ name }) => name === 'ai.payload.large.compressed')
        .reduce((length, part) => length + textOf(part.attributes, key).length, 0);
      const right = original === Buffer.byteLength(text) && compressed === hex / 2;
      return right
        ? []
        : [{ span, detail: `original_size or compressed_size of ${key} is missing or wrong` }];
    });
}
