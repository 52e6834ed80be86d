import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parseOtlpJson, type Trace } from '../../src/index.ts';

/**
 * The trace of a real run of all five modules with the offline model, as the embedded receiver kept it, of November
 * 2026: a plan that was held back, with four constraints, four requests for revision, and a second attempt.
 */
export function recordedText(): string {
  return gunzipSync(readFileSync(new URL('repair-cafe.jsonl.gz', import.meta.url))).toString('utf8');
}

export function recordedTrace(): Trace {
  return parseOtlpJson(recordedText());
}
