import type { AttributeValue, RecordedSpan } from '../model.ts';
import type { Rule } from './rule.ts';

const encodings = {
  json: 'every line is a JSON object with a list resourceSpans',
  ids: 'trace and span ids are lower-case hex, 32 and 16 digits, not all zero',
  enums: 'kind and status.code are numbers of their enums',
  integers: '64-bit integers are decimal strings',
  values: 'an attribute has one value of a known kind',
};

/** The OTLP JSON encoding, and its limits for Agento's values: never null, never an object. */
export const encodingRules: Rule[] = [
  ...Object.entries(encodings).map(
    ([name, requires]): Rule => ({
      name: `encoding.${name}`,
      module: null,
      where: 'OTLP JSON',
      requires,
      check: ({ trace, tree }) =>
        trace.encoding_problems
          .filter((problem) => problem.rule === `encoding.${name}`)
          .map(({ span_id, detail }) => {
            const span = tree.byId.get(span_id);
            return span ? { span, detail } : { detail };
          }),
    }),
  ),
  {
    name: 'encoding.plain_values',
    module: null,
    where: 'every span',
    requires: 'attributes of spans, events and links are strings, numbers, booleans or lists of one of these',
    check: ({ trace }) =>
      trace.spans.flatMap((span) =>
        attributesIn(span)
          .filter(([, value]) => !isPlain(value))
          .map(([key]) => ({
            span,
            detail: `${key} is null, an object or a mixed list: write its JSON as a string`,
          })),
      ),
  },
  {
    name: 'encoding.times',
    module: null,
    where: 'every span',
    requires: 'a span ends no earlier than it begins',
    check: ({ trace }) =>
      trace.spans
        .filter((span) => span.end < span.start)
        .map((span) => ({
          span,
          detail: 'it ends before it begins: it was never ended, or its clock was changed',
        })),
  },
];

function attributesIn(span: RecordedSpan): [string, AttributeValue][] {
  return [
    ...Object.entries(span.attributes),
    ...span.events.flatMap((event) =>
      Object.entries(event.attributes).map(([key, value]): [string, AttributeValue] => [
        `event ${event.name}: ${key}`,
        value,
      ]),
    ),
    ...span.links.flatMap((link) => Object.entries(link.attributes)),
  ];
}

function isPlain(value: AttributeValue): boolean {
  if (!Array.isArray(value)) return value !== null && typeof value !== 'object';
  return value.every(
    (entry) => typeof entry === typeof value[0] && entry !== null && typeof entry !== 'object',
  );
}
