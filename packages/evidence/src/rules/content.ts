import { type Attributes, isOwn, type RecordedSpan } from '../model.ts';
import { hasContent } from '../run.ts';
import type { Rule } from './rule.ts';
import { steps } from './steps.ts';

/** What counts as content on any span: attributes, events, and fields of events. */
const attributes =
  /^(user\.goal|ai\.|gen_ai\.(input|output)\.messages|gen_ai\.tool\.call\.(arguments|result)|gen_ai\.evaluation\.explanation|agento\.decision\.(reason|tie_break))/;
const events = /^(full_prompt|full_response|capture\.|ai\.payload\.)/;
const fields = /^(gen_ai\.evaluation\.explanation|reason|tie_break)$/;

/** What the definitions of steps call content: attributes, in whichever form, and fields of events. */
const declaredAttributes = new Set(
  steps.flatMap(({ content = {} }) => Object.keys(content)).flatMap((key) => [key, `${key}_truncated`]),
);
const declaredFields = new Set(
  steps.flatMap(({ events = {} }) =>
    Object.entries(events).flatMap(([event, { content }]) => content.map((field) => `${event} ${field}`)),
  ),
);

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
    ...Object.keys(span.attributes).filter((key) => attributes.test(key) || declaredAttributes.has(key)),
    ...span.events.filter(({ name }) => events.test(name)).map(({ name }) => `event ${name}`),
    ...span.events.flatMap((event) =>
      Object.keys(event.attributes)
        .filter((field) => fields.test(field) || declaredFields.has(`${event.name} ${field}`))
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
