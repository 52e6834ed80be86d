import { appendFileSync } from 'node:fs';
import { moduleInfo } from '@agento/contracts';
import { enterRun, withRunSpan, withSpan } from '../src/index.ts';
import { startTelemetry } from '../src/telemetry.ts';

/** A process that is killed within nested spans, and notes them: `node killed.ts file`. */
const [, , file = ''] = process.argv;
const write = (line: unknown) => appendFileSync(file, `${JSON.stringify(line)}\n`);

startTelemetry({
  module: moduleInfo(2),
  env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'disabled' },
  dataDir: '/nowhere',
  secrets: ['correct-horse-battery'],
  notes: {
    began: (_span, note) => write({ begun: note() }),
    safe: (ids) => write({ safe: ids }),
  },
});
const identity = { module: moduleInfo(2), agentName: 'PlanGenerator', runId: 'r-1' };
const earlier = { trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16) };
await withSpan({ name: 'request' }, () => {
  const entry = enterRun({ headers: {}, metadata: undefined, source: '', openaiTraceId: undefined });
  return withRunSpan({ ...identity, entry, execution: 2, resumedFrom: [earlier], nextModule: 3 }, () =>
    withSpan(
      { name: 'step', attributes: { note: 'with correct-horse-battery', password: 'hunter-two-two' } },
      async () => {
        await withSpan({ name: 'chat m', client: true }, async () => {});
        process.kill(process.pid, 'SIGKILL');
        await new Promise((resolve) => setTimeout(resolve, 10_000));
      },
    ),
  );
});
