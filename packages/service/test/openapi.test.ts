import * as contracts from '@agento/contracts';
import { chain, runEvents } from '@agento/contracts';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, test } from 'vitest';
import { openapiDocument } from '../src/openapi/document.ts';
import { eventsOf } from './harness.ts';
import { type Document, faults, type Media } from './openapi.ts';

const numbers = chain.map(({ number }) => number);

function describeModule(number: number): Document {
  return openapiDocument({ info: contracts.moduleInfo(number) }, false) as Document;
}

/** Every example of the document with the schema it stands beside, and where. */
function examplesIn(value: unknown, place = ''): [place: string, schema: object, example: unknown][] {
  if (value === null || typeof value !== 'object') return [];
  const { schema, example, examples } = value as Partial<Media>;
  const own = schema
    ? [
        ...(example === undefined ? [] : [example]),
        ...Object.values(examples ?? {}).map(({ value }) => value),
      ]
    : [];
  return [
    ...own.map((example): [string, object, unknown] => [place, schema ?? {}, example]),
    ...Object.entries(value).flatMap(([key, inner]) =>
      key === 'example' || key === 'examples' ? [] : examplesIn(inner, `${place}/${key}`),
    ),
  ];
}

describe.each(numbers)('The document of module %i', (number) => {
  const document = describeModule(number);

  test('is valid OpenAPI 3.1.', async () => {
    const validator = new Validator();

    const { valid, errors } = await validator.validate(structuredClone(document) as never);

    expect([valid, errors, validator.version]).toEqual([true, undefined, '3.1']);
  });

  test('has examples that fit their schemas, of every problem one.', () => {
    const examples = examplesIn(document);

    for (const [place, schema, example] of examples)
      expect([place, faults(document, schema, example)]).toEqual([place, []]);
    for (const { responses } of Object.values(document.paths).flatMap((methods) => Object.values(methods))) {
      for (const [status, { content }] of Object.entries(responses)) {
        // Some responses have no content.
        if (!content) continue;
        const problems = Object.values(content['application/problem+json']?.examples ?? {});
        if (Number(status) >= 400 && !content['application/json']) expect(problems).not.toEqual([]);
        for (const { value } of problems) expect(value).toMatchObject({ status: Number(status) });
      }
    }
  });

  test('shows streams of events that fit theirs.', () => {
    const { content } = document.paths['/run']?.post?.responses[200] ?? {};
    const streams = Object.values(content?.['text/event-stream']?.examples ?? {});
    const events = streams.flatMap(({ value }) => eventsOf(String(value)));

    expect(events.length).toBe(number === 1 ? 9 : 0);
    for (const [event, data] of events)
      expect(faults(document, document.components.schemas.RunEvent as object, { event, data })).toEqual([]);
  });

  test('refers to nothing that is not there, and holds nothing that is not referred to.', () => {
    const text = JSON.stringify(document);
    const referred = new Set([...text.matchAll(/#\/components\/schemas\/([\w.]+)/g)].map(([, name]) => name));

    expect([...referred].sort()).toEqual(Object.keys(document.components.schemas).sort());
  });

  test('gives as the answer the output of this module or of a later one.', () => {
    const { anyOf } = document.components.schemas.RunOutput as { anyOf: { $ref: string }[] };

    expect(anyOf.map(({ $ref }) => $ref)).toEqual(
      numbers.slice(number - 1).map((later) => `#/components/schemas/Module${later}Output`),
    );
  });

  test('names every event, with its data.', () => {
    const { oneOf } = document.components.schemas.RunEvent as { oneOf: { $ref: string }[] };

    expect(oneOf.map(({ $ref }) => $ref)).toEqual(
      Object.keys(runEvents).map((name) => `#/components/schemas/${name}`),
    );
  });
});
