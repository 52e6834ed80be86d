/**
 * What Agento's verbs make of evidence that is not Agento's: published logs of failed multi-agent runs whose decisive
 * mistake people have labelled (Who&When, Zhang et al., 2025), as a foreign system would have exported them, in OTLP JSON
 * with the attributes of OpenTelemetry's GenAI conventions and none of ours. Runs the verbs on each trace, and the audit on
 * all, and counts what they end with and how many labelled mistakes are found.
 *
 * `node bench/foreign-logs.ts <folder of logs> <folder for the traces>`
 */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { run } from '@agento/cli/run';
import { type ForeignLog, labelledSpan, spansOf, traceIdOf } from './foreign-spans.ts';

const [logs, out] = process.argv.slice(2);
if (logs === undefined || out === undefined) {
  console.error('Usage: node bench/foreign-logs.ts <folder of logs, JSON> <folder for the traces>');
  process.exit(2);
}
await mkdir(out, { recursive: true });
const names = (await readdir(logs, { recursive: true })).filter((name) => name.endsWith('.json')).sort();
const labels = new Map<string, { trace: string; span: string }>();
let spans = 0;
for (const name of names) {
  const log = JSON.parse(await readFile(path.join(logs, name), 'utf8')) as ForeignLog;
  const own = spansOf(log, name);
  spans += own.length;
  const file = path.join(out, `${traceIdOf(name)}.jsonl`);
  await writeFile(file, `${JSON.stringify(exported(own))}\n`);
  const span = labelledSpan(log, name);
  if (span !== null) labels.set(file, { trace: traceIdOf(name), span });
}
console.log(`${names.length} logs, ${spans} spans, ${labels.size} with a labelled step`);

for (const verb of ['trace', 'validate', 'show', 'why', 'runs', 'audit']) {
  const ends = new Map<string, number>();
  for (const [file, { span }] of labels) {
    const { exitCode, stdout, stderr } = await agento(
      verb === 'show' || verb === 'why' ? [verb, file, span] : [verb, file],
    );
    const said = (stderr || stdout).replaceAll(file, '<trace>').replaceAll(/[0-9a-f]{16,}/g, '<id>');
    const end = `exit ${exitCode}: ${(said.split('\n')[0] ?? '').replaceAll(/\d+/g, 'n').slice(0, 150)}`;
    ends.set(end, (ends.get(end) ?? 0) + 1);
  }
  for (const [end, count] of [...ends].sort(([, one], [, other]) => other - one))
    console.log(`${verb}\t${count} times\t${end}`);
}

const audited = await agento(['audit', out, '--json']);
const { findings = [] } = audited.stdout
  ? (JSON.parse(audited.stdout) as { findings?: { trace_id: string; span_id: string | null }[] })
  : {};
const at = new Set(findings.map(({ trace_id, span_id }) => `${trace_id} ${span_id}`));
const found = [...labels.values()].filter(({ trace, span }) => at.has(`${trace} ${span}`)).length;
console.log(
  `audit of all: exit ${audited.exitCode}, ${findings.length} findings, ${audited.stderr.split('\n')[0]}`,
);
console.log(
  `labelled mistakes found: ${found} of ${labels.size}; precision ${findings.length === 0 ? 'undefined: nothing was found' : found / findings.length}`,
);

function exported(own: object[]) {
  const attributes = [{ key: 'service.name', value: { stringValue: 'a foreign system' } }];
  const scope = { name: 'foreign', version: '1.0.0' };
  return { resourceSpans: [{ resource: { attributes }, scopeSpans: [{ scope, spans: own }] }] };
}

/** A verb, in this process; what it writes is collected. */
async function agento(arguments_: string[]) {
  const written = { stdout: '', stderr: '' };
  const collect = (name: 'stdout' | 'stderr') =>
    new PassThrough().on('data', (chunk: Buffer) => {
      written[name] += chunk.toString();
    });
  const exitCode = await run(arguments_, {
    stdin: new PassThrough().end(),
    stdout: collect('stdout'),
    stderr: collect('stderr'),
    env: { AGENTO_DATA_DIR: out },
    interrupted: new AbortController().signal,
  }).catch((error: Error) => `STACK ${error.stack?.split('\n').slice(0, 2).join(' ')}`);
  return { exitCode, ...written };
}
