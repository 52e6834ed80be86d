import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SpanKind } from '@opentelemetry/api';
import { expect, test } from 'vitest';
import { endInterrupted, type SpanNote, withSpan } from '../src/index.ts';
import { inTelemetry } from './in-trace.ts';

/** What a process that was killed within its spans has noted. */
async function notesOfKilled(): Promise<{ begun: SpanNote[]; lost: SpanNote[]; text: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'notes-'));
  try {
    const file = join(folder, 'notes.jsonl');
    const child = spawn(process.execPath, [join(import.meta.dirname, 'killed.ts'), file], {
      stdio: 'inherit',
    });
    expect((await once(child, 'exit'))[1]).toBe('SIGKILL');
    const text = readFileSync(file, 'utf8');
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { begun?: SpanNote; safe?: string[] });
    const begun = lines.flatMap((line) => line.begun ?? []);
    const safe = new Set(lines.flatMap((line) => line.safe ?? []));
    return { begun, lost: begun.filter(({ span_id }) => !safe.has(span_id)), text };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('Spans of a killed process are ended by another one under their own ids, whatever its sampler says.', async () => {
  const { begun, lost, text } = await notesOfKilled();
  const spans = await inTelemetry(async () => endInterrupted(lost, Date.now()), {
    OTEL_TRACES_SAMPLER: 'parentbased_always_off',
  });

  expect(begun.map(({ name }) => name)).toEqual(['request', 'run_module_2', 'step', 'chat m']);
  expect(spans.map(({ name }) => name)).toEqual(['request', 'run_module_2', 'step']);
  expect(
    spans.map((span) => [
      span.traceId,
      span.spanId,
      span.parentSpanId,
      span.name,
      SpanKind[span.kind],
      span.scope,
    ]),
  ).toEqual(
    lost.map((note) => [
      note.trace_id,
      note.span_id,
      note.parent_span_id,
      note.name,
      note.kind,
      note.scope.name,
    ]),
  );
  const ended = new Set(spans.map(({ spanId }) => spanId));
  expect(begun.filter(({ parent_span_id: id }) => id !== null && !ended.has(id))).toEqual([]);
  for (const span of spans) {
    expect(span.status.code).toBe('ERROR');
    expect(span.attributes).toMatchObject({ 'agento.interrupted': true, 'error.type': 'interrupted' });
  }
  expect(spans[1]?.attributes).toMatchObject({ 'agento.run.id': 'r-1', 'agento.run.execution': 2 });
  expect(spans[1]?.attributes).not.toHaveProperty('agento.span_count');
  expect(spans[1]?.links).toEqual([
    {
      traceId: 'a'.repeat(32),
      spanId: 'b'.repeat(16),
      attributes: { relationship: 'resumed_from' },
    },
  ]);
  expect(text).not.toContain('correct-horse-battery');
  expect(text).not.toContain('hunter-two-two');
});

test('A run handed over in good order leaves spans that say so, and no exception.', async () => {
  const suspended = Object.assign(new Error('The service is being stopped'), { name: 'Suspended' });
  const [span] = await inTelemetry(() =>
    withSpan({ name: 'step' }, () => Promise.reject(suspended)).catch(() => {}),
  );
  expect(span?.attributes).toEqual({ 'agento.interrupted': true, 'error.type': 'suspended' });
  expect(span?.status.code).toBe('ERROR');
  expect(span?.events).toEqual([]);
});
