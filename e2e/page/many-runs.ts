import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { recordedText } from '@agento/evidence/recorded';

interface Value {
  stringValue?: string;
}
interface Attribute {
  key: string;
  value: Value;
}
interface Span {
  spanId: string;
  parentSpanId?: string;
  name: string;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: Attribute[];
  events?: { attributes?: Attribute[] }[];
}
interface Line {
  resourceSpans: { scopeSpans: { spans: Span[] }[] }[];
}

const recorded = {
  run: '7be0e179-6467-4b85-abad-dc729025edb9',
  trace: 'caf44cc231bfc0e4aaa8aea3a11f3a74',
};
/** Longer texts are cut, or a thousand runs would be gigabytes. */
const longestText = 100;
const minute = 60_000_000_000n;

/** The ids of the run with this number. */
export function idsOf(number: number): { run: string; trace: string } {
  const digits = number.toString(16).padStart(8, '0');
  return {
    run: `${digits}${recorded.run.slice(8)}`,
    trace: `${digits}${recorded.trace.slice(8)}`,
  };
}

/**
 * Writes runs made of a recorded one to `traces/` of a folder, each a minute older than the one before, which the times
 * of their files say, too: number 0 is the newest.
 */
export function writeRuns(folder: string, many: number): void {
  mkdirSync(path.join(folder, 'traces'), { recursive: true });
  const template = cut(recordedLines())
    .map((line) => JSON.stringify(line))
    .join('\n');
  // Each part but the first begins with a time.
  const parts = template.split(/(?<=UnixNano":")/);
  for (let number = 0; number < many; number += 1) {
    const ids = idsOf(number);
    const back = BigInt(number) * minute;
    const [head = '', ...rest] = parts;
    const text =
      head + rest.map((part) => String(BigInt(part.slice(0, 19)) - back) + part.slice(19)).join('');
    write(
      folder,
      ids.trace,
      text.replaceAll(recorded.run, ids.run).replaceAll(recorded.trace, ids.trace),
      number,
    );
  }
}

/** Writes a run whose modules did everything several times over, until it has so many spans; its number has to be free. */
export function writeLongRun(folder: string, number: number, spans: number): void {
  const ids = idsOf(number);
  const lines = cut(recordedLines());
  const all = lines.flatMap(spansOf);
  const below = all.filter(({ name }) => !/^run_module_|^request$|^POST/.test(name));
  const again: Span[] = [];
  for (let copy = 1; all.length + again.length < spans; copy += 1) {
    const renamed = new Map(
      below.map(({ spanId }) => [spanId, `${copy.toString(16).padStart(4, '0')}${spanId.slice(4)}`]),
    );
    const missing = spans - all.length - again.length;
    for (const span of below.slice(0, missing)) {
      const { spanId, parentSpanId = '' } = span;
      again.push({
        ...span,
        spanId: renamed.get(spanId) ?? spanId,
        parentSpanId: renamed.get(parentSpanId) ?? parentSpanId,
      });
    }
  }
  lines[0]?.resourceSpans[0]?.scopeSpans[0]?.spans.push(...again);
  const text = lines.map((line) => JSON.stringify(line)).join('\n');
  write(
    folder,
    ids.trace,
    text.replaceAll(recorded.run, ids.run).replaceAll(recorded.trace, ids.trace),
    number,
  );
}

/** Long enough ago for the list to be kept. */
function write(folder: string, trace: string, text: string, minutesBack: number): void {
  const file = path.join(folder, 'traces', `${trace}.jsonl`);
  writeFileSync(file, `${text}\n`);
  const written = Date.now() / 1_000 - 600 - 60 * minutesBack;
  utimesSync(file, written, written);
}

function recordedLines(): Line[] {
  return recordedText()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

function spansOf({ resourceSpans }: Line): Span[] {
  return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
}

function cut(lines: Line[]): Line[] {
  for (const { attributes, events = [] } of lines.flatMap(spansOf))
    for (const { value } of [...attributes, ...events.flatMap((event) => event.attributes ?? [])])
      if (value.stringValue !== undefined) value.stringValue = value.stringValue.slice(0, longestText);
  return lines;
}
