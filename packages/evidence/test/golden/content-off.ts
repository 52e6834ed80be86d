import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Attributes, RecordedSpan, Trace } from '../../src/index.ts';

interface Written {
  resource: Attributes;
  attributes: string[];
  json: string[];
  events: Record<string, string[]>;
}
const written = parse(readFileSync(new URL('content-off.yaml', import.meta.url), 'utf8')) as Written;

/** A trace as it is with content switched off. */
export function withoutContent(trace: Trace): Trace {
  return { ...trace, spans: trace.spans.map(spanWithoutContent) };
}

function spanWithoutContent(span: RecordedSpan): RecordedSpan {
  const events = span.events.map((event) => {
    const fields = written.events[event.name.replace(/^capture\..+/, 'capture')] ?? [];
    return { ...event, attributes: without(event.attributes, fields) };
  });
  return {
    ...span,
    resource: { ...span.resource, ...written.resource },
    attributes: without(span.attributes, written.attributes),
    events: events.filter(
      ({ name, attributes }) => !name.startsWith('ai.payload.') && Object.keys(attributes).length > 0,
    ),
  };
}

function without(values: Attributes, keys: string[]): Attributes {
  const left = Object.entries(values).filter(
    ([key]) => key !== 'payload_truncated' && !keys.includes(key.replace(/_(truncated|size)$/, '')),
  );
  return Object.fromEntries(
    left.map(([key, value]) => [
      key,
      /^(agento\.decision\.)?(candidates|rejected)$/.test(key) ? bare(value) : value,
    ]),
  );
}

function bare(json: Attributes[string]): string {
  return JSON.stringify(JSON.parse(String(json)), (key, value) =>
    written.json.includes(key) ? undefined : value,
  );
}
