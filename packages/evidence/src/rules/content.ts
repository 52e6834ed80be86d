import { type Attributes, isOwn, type RecordedSpan } from '../model.ts';
import { hasContent } from '../run.ts';
import type { Rule } from './rule.ts';

/** What counts as content: on a span, as an event, or as a field of an event. */
const attributes =
  /^(user\.goal|ai\.|gen_ai\.(input|output)\.messages|gen_ai\.tool\.call\.(arguments|result)|gen_ai\.evaluation\.explanation|agento\.decision\.(reason|tie_break)|guardrail\.problems|agento\.plan\.s)/;
const events =
  /^(full_prompt|full_response|module_output\.full|agento\.plan|comparison|capture\.|ai\.payload\.)/;
const fields = /^(gen_ai\.evaluation\.explanation|reason|tie_break|text|evidence)$/;
/** Content in the JSON of a decision's candidates and rejected. */
const inner = /"(label|reason)":/;

/** With `agento.content = off` a trace holds names, ids, counts, scores and hashes, but no content. */
export const contentRules: Rule[] = [
  {
    name: 'trace.content_off',
    module: null,
    where: 'every span Agento starts',
    requires: 'no content where the resource says agento.content = off',
    check: ({ trace }) =>
      trace.spans
        .filter((span) => isOwn(span) && !hasContent(span))
        .flatMap((span) =>
          contentOf(span).map((what) => ({ span, detail: `${what} is recorded, though content is off` })),
        ),
  },
];

function contentOf(span: RecordedSpan): string[] {
  return [
    ...Object.keys(span.attributes).filter((key) => attributes.test(key)),
    ...span.events.filter(({ name }) => events.test(name)).map(({ name }) => `event ${name}`),
    ...span.events.flatMap((event) =>
      Object.keys(event.attributes)
        .filter((field) => fields.test(field))
        .map((field) => `${event.name}: ${field}`),
    ),
    ...[span.attributes, ...span.events.map((event) => event.attributes)].flatMap(innerContent),
  ];
}

function innerContent(values: Attributes): string[] {
  return Object.entries(values)
    .filter(([key, value]) => /(^|\.)(candidates|rejected)$/.test(key) && inner.test(String(value)))
    .map(([key]) => `a text in ${key}`);
}
