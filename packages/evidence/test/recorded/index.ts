import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parseOtlpJson, type Trace } from '../../src/index.ts';

/**
 * The trace of a real run of all five modules with the offline model, as the embedded receiver kept it, of November
 * 2026: a plan that was held back, with four constraints, four requests for revision, and a second attempt.
 */
export function recordedText(): string {
  return unzipped('repair-cafe.jsonl.gz');
}

export function recordedTrace(): Trace {
  return parseOtlpJson(recordedText());
}

/** The same goal with another limit in its context: by the summer, where the other one says by 1 June. */
export function recordedSummerText(): string {
  return unzipped('repair-cafe-summer.jsonl.gz');
}

/** The recorded run made again with the same answers: other ids, `hours` later. */
export function recordedAgainText(hours = 1): string {
  const digit = (hours + 2).toString(16);
  return recordedText()
    .replaceAll('caf44cc231bfc0e4aaa8aea3a11f3a74', `0af7651916cd43dd8448eb211c80319${digit}`)
    .replaceAll('7be0e179-6467-4b85-abad-dc729025edb9', `0190a3c2-7f1e-7c3a-9d35-0242ac12000${digit}`)
    .replaceAll(/("(?:spanId|parentSpanId)": ?")([0-9a-f]{16})"/g, (_, key, id) => `${key}${otherId(id)}"`)
    .replaceAll(
      /(UnixNano": ?")(\d{19})"/g,
      (_, key, time) => `${key}${BigInt(time) + BigInt(hours) * 3_600_000_000_000n}"`,
    );
}

/** The same, as if its quality check had found this share of the criteria to be met. */
export function recordedWithShare(hours: number, share: number): string {
  return recordedAgainText(hours).replaceAll(
    /("agento\.quality\.share_met","value":\{"doubleValue":)0\.8\}/g,
    `$1${share}}`,
  );
}

/** An id's digits in the order of the other way round. */
function otherId(id: string): string {
  return [...id].reverse().join('');
}

function unzipped(name: string): string {
  return gunzipSync(readFileSync(new URL(name, import.meta.url))).toString('utf8');
}

/** The same, as if every answer of this agent had been asked for again. */
export function recordedAskedAgain(agent: string): string {
  const lines = recordedAgainText().trimEnd().split('\n');
  return lines
    .map((line) => {
      const data = JSON.parse(line) as { resourceSpans: { scopeSpans: { spans: OtlpSpan[] }[] }[] };
      const spans = data.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
      for (const { attributes } of spans) {
        const isStep = attributes.some(({ key }) => key === 'agento.prompt.version');
        const isTheirs = attributes.some(
          ({ key, value }) => key === 'agent.name' && value.stringValue === agent,
        );
        if (isStep && isTheirs) attributes.push({ key: 'agento.repaired', value: { boolValue: true } });
      }
      return `${JSON.stringify(data)}\n`;
    })
    .join('');
}

interface OtlpSpan {
  attributes: { key: string; value: { stringValue?: string; boolValue?: boolean } }[];
}
