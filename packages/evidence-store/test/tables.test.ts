import { readRuns, totals } from '@agento/evidence';
import { goldenTrace } from '@agento/evidence/golden';
import { recordedText, recordedTrace } from '@agento/evidence/recorded';
import { expect, test } from 'vitest';
import { answer, dataFolder, foreign, otlpOf } from './traces.ts';

test('The tables of a run hold what its reading holds, each row once', async () => {
  const dataDir = await dataFolder({ 'a.jsonl': recordedText() });
  const [run] = readRuns(recordedTrace());
  if (!run) throw new Error('no run');

  const { rows } = await answer(
    `SELECT (SELECT count(*) FROM steps), (SELECT count(*) FROM calls), (SELECT count(*) FROM decisions),
      (SELECT count(*) FROM candidates), (SELECT count(*) FROM verdicts), (SELECT count(*) FROM suggestions),
      (SELECT count(*) FROM revisions), (SELECT count(*) FROM texts), (SELECT count(*) FROM criteria),
      (SELECT count(*) FROM spans), (SELECT count(*) FROM problems)`,
    { dataDir },
  );
  expect(rows).toEqual([
    [
      run.steps.length,
      run.calls.length,
      run.decisions.length,
      run.decisions.reduce((sum, { candidates }) => sum + candidates.length, 0),
      run.verdicts.length,
      run.suggestions.length,
      run.requests.length,
      run.items.reduce((sum, { texts }) => sum + texts.length, 0),
      run.criteria.length,
      180,
      0,
    ],
  ]);
  const { all } = totals(recordedTrace());
  const sums = await answer(
    `SELECT r.goal, r.outcome, r.score, r.calls, count(*), sum(c.input_tokens), sum(c.output_tokens)
    FROM runs r JOIN calls c USING (run_id, attempt) WHERE c.counts GROUP BY ALL`,
    { dataDir },
  );
  expect(sums.rows).toEqual([
    [
      'Open a repair café in a small town',
      'held',
      0.8,
      all.calls,
      all.calls,
      all.input_tokens,
      all.output_tokens,
    ],
  ]);
});

test('A call has the prompt it was sent, without the system prompt, and its answer, however long', async () => {
  const dataDir = await dataFolder({ 'a.jsonl': recordedText() });
  const [run] = readRuns(recordedTrace());
  const longest = run?.calls.toSorted(
    (one, other) => (other.answer.value?.length ?? 0) - (one.answer.value?.length ?? 0),
  )[0];

  const { rows } = await answer(`SELECT prompt, answer FROM calls WHERE span_id = '${longest?.span_id}'`, {
    dataDir,
  });
  expect(rows).toEqual([
    [longest?.prompt.value?.find(({ role }) => role === 'user')?.content, longest?.answer.value],
  ]);
});

test('What a module handed on was checked, and what its run waited for adds up to less than the run took', async () => {
  const dataDir = await dataFolder({ 'a.jsonl': recordedText() });

  const { rows } = await answer(
    `SELECT (SELECT sum(critical_ms) FROM steps) BETWEEN 1 AND wall_ms,
      (SELECT sum(critical_ms) FROM calls) < (SELECT sum(critical_ms) FROM steps),
      (SELECT min(system_size) FROM calls) > 1000,
      (SELECT list(name || module || passed ORDER BY module) FROM guardrails) FROM runs`,
    { dataDir },
  );
  expect(rows).toEqual([[true, true, true, [1, 2, 3, 4, 5].map((module) => `output_schema${module}true`)]]);
});

test('Of a run that was resumed the calls that count are those of its totals, and what was in vain is told apart', async () => {
  const trace = goldenTrace('resumed');
  const dataDir = await dataFolder({ 'a.jsonl': otlpOf(trace) });
  const { all, in_vain } = totals(trace);

  const sums = await answer(
    `SELECT count(*) FILTER (counts), sum(input_tokens) FILTER (counts), count(*) FILTER (in_vain),
      (SELECT calls FROM runs), (SELECT calls_in_vain FROM runs) FROM calls`,
    { dataDir },
  );
  expect(in_vain.calls).toBeGreaterThan(0);
  expect(sums.rows).toEqual([[all.calls, all.input_tokens, in_vain.calls, all.calls, in_vain.calls]]);
  const lost = await answer('SELECT count(*) FILTER (NOT counts) > 0, bool_and(counts) FROM steps', {
    dataDir,
  });
  expect(lost.rows).toEqual([[true, false]]);
});

test('Two attempts at a run in one trace are two rows, and each has its own steps', async () => {
  const second = recordedText()
    .replaceAll(
      /("(?:span|parentSpan)Id":")(.)/g,
      (_, key: string, digit: string) => key + ((Number.parseInt(digit, 16) + 1) % 16).toString(16),
    )
    .replaceAll(
      '"agento.run.attempt","value":{"intValue":"1"}',
      '"agento.run.attempt","value":{"intValue":"2"}',
    );
  const dataDir = await dataFolder({ 'a.jsonl': `${recordedText()}${second}` });

  const { rows } = await answer(
    `SELECT attempt, outcome, (SELECT count(*) FROM steps s WHERE s.attempt = r.attempt),
      (SELECT count(*) FROM verdicts v WHERE v.attempt = r.attempt) FROM runs r ORDER BY attempt`,
    { dataDir },
  );
  expect(rows).toEqual([
    [1, 'held', 93, 97],
    [2, 'held', 93, 97],
  ]);
});

test('Spans of another program are in the tables of spans and links, long texts cut, and no run', async () => {
  const dataDir = await dataFolder({ 'a.jsonl': foreign('a') });

  const spans = await answer(
    `SELECT name, kind, service, duration_ms, started::VARCHAR, length(attributes->>'http.route'), to_span, is_found
    FROM spans JOIN links ON from_span = span_id`,
    { dataDir },
  );
  expect(spans.rows).toEqual([
    ['GET /a1', 'SERVER', 'shop', 250, '2023-11-14 22:13:20', 146, 'b'.repeat(16), false],
  ]);
  expect((await answer('FROM runs', { dataDir })).rows).toEqual([]);
});
