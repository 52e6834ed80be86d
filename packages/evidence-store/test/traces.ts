import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Attributes, AttributeValue, Trace } from '@agento/evidence';
import { recordedText } from '@agento/evidence/recorded';
import { onTestFinished } from 'vitest';
import { type Answer, ask, openTables, type StoreOptions } from '../src/index.ts';

/** A data folder of its own, with these traces in it; deleted when the test is over. */
export async function dataFolder(traces: Record<string, string>): Promise<string> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'agento-tables-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  await mkdir(path.join(dataDir, 'traces'));
  for (const [name, text] of Object.entries(traces)) await write(dataDir, name, text);
  return dataDir;
}

export function write(dataDir: string, name: string, text: string): Promise<void> {
  return writeFile(path.join(dataDir, 'traces', name), text);
}

/** Brings the tables up to date and gives the rows of an answer, and what was said. */
export async function answer(
  sql: string,
  options: StoreOptions,
): Promise<{ rows: Answer[][]; news: string[]; read: number }> {
  const news: string[] = [];
  let read = 0;
  const tables = await openTables({
    ...options,
    onNews: (sentence) => news.push(sentence),
    onProgress: ({ files_done }) => {
      read = files_done;
    },
  });
  try {
    const rows: Answer[][] = [];
    for await (const some of (await ask(tables, sql)).rows()) rows.push(...some);
    return { rows, news, read };
  } finally {
    tables.close();
  }
}

/** The recorded run's trace with other ids of its trace, spans and run. */
export function copy(number: number): string {
  const digit = number.toString(16);
  return recordedText()
    .replaceAll(/"((?:trace|span|parentSpan)Id)":"./g, `"$1":"${digit}`)
    .replaceAll('7be0e179-6467-4b85-abad-dc729025edb9', `${digit}be0e179-6467-4b85-abad-dc729025edb9`);
}

/** A trace as OTLP JSON. */
export function otlpOf({ spans }: Trace): string {
  return JSON.stringify({
    resourceSpans: spans.map((span) => ({
      resource: { attributes: listOf(span.resource) },
      scopeSpans: [
        {
          scope: span.scope,
          spans: [
            {
              traceId: span.trace_id,
              spanId: span.span_id,
              parentSpanId: span.parent_span_id,
              name: span.name,
              kind: ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'].indexOf(
                span.kind,
              ),
              startTimeUnixNano: String(span.start),
              endTimeUnixNano: String(span.end),
              status: {
                code: ['UNSET', 'OK', 'ERROR'].indexOf(span.status.code),
                message: span.status.message,
              },
              attributes: listOf(span.attributes),
              events: span.events.map((event) => ({
                name: event.name,
                timeUnixNano: String(event.time),
                attributes: listOf(event.attributes),
              })),
              links: span.links.map((link) => ({
                traceId: link.trace_id,
                spanId: link.span_id,
                attributes: listOf(link.attributes),
              })),
            },
          ],
        },
      ],
    })),
  });
}

const listOf = (attributes: Attributes) =>
  Object.entries(attributes).map(([key, value]) => ({ key, value: otlpValue(value) }));

function otlpValue(value: AttributeValue): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(otlpValue) } };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

/** A trace of one span of another program. */
export function foreign(trace: string, spans = ['a1']): string {
  return JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
        scopeSpans: [
          {
            scope: { name: 'http' },
            spans: spans.map((id) => ({
              traceId: trace.repeat(32),
              spanId: id.padEnd(16, '0'),
              name: `GET /${id}`,
              kind: 2,
              startTimeUnixNano: '1700000000000000000',
              endTimeUnixNano: '1700000000250000000',
              attributes: [{ key: 'http.route', value: { stringValue: 'x'.repeat(300) } }],
              links: [{ traceId: trace.repeat(32), spanId: 'b'.repeat(16) }],
            })),
          },
        ],
      },
    ],
  });
}
