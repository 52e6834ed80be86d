import {
  appendFile,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseTraces, readRuns } from '@agento/evidence';
import { recordedAgainText, recordedText } from '@agento/evidence/recorded';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  type EvidenceThread,
  registerEvidenceRoutes,
  registerRemoval,
  startEvidenceThread,
} from '../src/index.ts';

const run = '7be0e179-6467-4b85-abad-dc729025edb9';
const again = '0190a3c2-7f1e-7c3a-9d35-0242ac120003';
const trace = 'caf44cc231bfc0e4aaa8aea3a11f3a74';
const traceOfAgain = '0af7651916cd43dd8448eb211c803193';

let folder: string;
let traces: string;
const opened: { app: FastifyInstance; thread: EvidenceThread }[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'agento-removal-'));
  traces = path.join(folder, 'traces');
  await mkdir(traces);
});
afterEach(async () => {
  for (const { app, thread } of opened.splice(0)) {
    await app.close();
    await thread.close();
  }
  await rm(folder, { recursive: true });
});

function serve(place: Parameters<typeof startEvidenceThread>[0]['place'] = folder, admit = async () => {}) {
  const app = Fastify();
  app.setValidatorCompiler(() => () => true);
  app.setErrorHandler<Error & { statusCode?: number }>((error, _request, reply) =>
    reply.code(error.statusCode ?? 500).send({ detail: error.message }),
  );
  const thread = startEvidenceThread({ place, models: [], jaegerUi: null });
  const refuse = (statusCode: number, detail: string) => Object.assign(new Error(detail), { statusCode });
  registerEvidenceRoutes(app, thread, refuse);
  registerRemoval(app, thread, refuse, admit);
  opened.push({ app, thread });
  return {
    async remove(id: string): Promise<[status: number, detail?: string]> {
      const { statusCode, body } = await app.inject({ method: 'DELETE', url: `/runs/${id}/evidence` });
      return body === '' ? [statusCode] : [statusCode, JSON.parse(body).detail];
    },
    async listed(): Promise<string[]> {
      type Listed = { is_whole: boolean; runs: { run_id: string }[] };
      for (;;) {
        const { is_whole, runs } = (await app.inject('/evidence/runs')).json() as Listed;
        if (is_whole) return runs.map(({ run_id }) => run_id);
      }
    },
  };
}

const runsOf = (text: string) => parseTraces(text).flatMap(readRuns);
/** All spans of a text of traces in one line, as a collector's batch may have them. */
const inOneLine = (...texts: string[]) =>
  `${JSON.stringify({
    resourceSpans: texts.flatMap((text) =>
      text
        .trim()
        .split('\n')
        .flatMap((line) => JSON.parse(line).resourceSpans),
    ),
  })}\n`;

test('A run is removed with its file, and only it is no longer listed; it is a 404 from then on.', async () => {
  await writeFile(path.join(traces, `${trace}.jsonl`), recordedText());
  await writeFile(path.join(traces, `${traceOfAgain}.jsonl`), recordedAgainText());
  const { remove, listed } = serve();
  expect((await listed()).length).toBe(2);

  expect(await remove(run.toUpperCase())).toEqual([204]);

  expect(await readdir(traces)).toEqual([`${traceOfAgain}.jsonl`]);
  expect(await listed()).toEqual([again]);
  expect(await remove(run)).toEqual([404, `There is no trace of the run ${run} in ${folder}.`]);
});

test('Of a file with several runs the others stay as they were, even in the same line, and what is appended meanwhile as well.', async () => {
  const file = path.join(traces, 'traces.jsonl');
  const other = recordedAgainText();
  await writeFile(file, recordedText() + inOneLine(recordedText(), other) + other);
  const before = runsOf(other);
  const collector = await open(file, 'a');
  const { remove, listed } = serve();

  expect(await remove(run)).toEqual([204]);
  await collector.appendFile(other);
  await collector.close();

  const text = await readFile(file, 'utf8');
  expect(text).not.toContain(run);
  expect(text).not.toContain(trace);
  expect(text.endsWith(other + other)).toBe(true);
  expect(runsOf(text)).toEqual(before);
  expect(await listed()).toEqual([again]);
});

test('Of a trace with two runs only the spans of the one go.', async () => {
  const shared = recordedText() + recordedAgainText().replaceAll(traceOfAgain, trace);
  const file = path.join(traces, `${trace}.jsonl`);
  await writeFile(file, shared);
  expect(runsOf(shared).map(({ run_id }) => run_id)).toEqual(expect.arrayContaining([run, again]));
  const { remove } = serve();

  expect(await remove(run)).toEqual([204]);

  const left = runsOf(await readFile(file, 'utf8'));
  expect(left.map(({ run_id }) => run_id)).toEqual([again]);
  expect(await remove(again)).toEqual([204]);
  expect(await readdir(traces)).toEqual([]);
});

test('Two runs of one file that are removed at once are both gone.', async () => {
  const file = path.join(traces, 'traces.jsonl');
  await writeFile(file, inOneLine(recordedText(), recordedAgainText()));
  const { remove, listed } = serve();
  expect(await Promise.all([remove(run), remove(again)])).toEqual([[204], [204]]);
  expect((await readFile(file, 'utf8')).trim()).toBe('');
  expect(await listed()).toEqual([]);
});

test('What cannot be removed stays whole, with what to do: a file that is not lines of JSON, a link, Jaeger.', async () => {
  const file = path.join(traces, 'by-hand.json');
  const pretty = JSON.stringify(JSON.parse(inOneLine(recordedText(), recordedAgainText())), null, 2);
  await writeFile(file, pretty);
  const { remove } = serve();
  expect(await remove(run)).toEqual([
    409,
    `${file} is not one JSON object a line, and it holds other traces: edit it yourself.`,
  ]);
  expect(await readFile(file, 'utf8')).toBe(pretty);

  await rm(file);
  const elsewhere = path.join(folder, 'elsewhere');
  await writeFile(elsewhere, recordedText());
  await symlink(elsewhere, path.join(traces, `${trace}.jsonl`));
  expect(await remove(run)).toEqual([409, expect.stringContaining('its symbolic links form a loop')]);
  expect(await readFile(elsewhere, 'utf8')).toBe(recordedText());

  const jaeger = serve({ url: 'http://127.0.0.1:9' });
  expect(await jaeger.remove(run)).toEqual([
    409,
    'The trace is in Jaeger (http://127.0.0.1:9), which deletes no single one: it goes when its retention ends.',
  ]);
});

test('Nothing is removed while there may be more to come.', async () => {
  await appendFile(path.join(traces, `${trace}.jsonl`), recordedText());
  const { remove, listed } = serve(folder, async () => {
    throw Object.assign(new Error('The run is running'), { statusCode: 409 });
  });
  expect(await remove(run)).toEqual([409, 'The run is running']);
  expect(await listed()).toEqual([run]);
});
