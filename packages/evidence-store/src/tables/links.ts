import { type Link, linksIn, type RunReading, type Trace } from '@agento/evidence';
import type { OwnReading } from '../own-reading.ts';
import { aboutColumns, tableOfTraces } from '../table.ts';

export const links = tableOfTraces(
  'links',
  'A link from a span to one whose result it used',
  {
    run_id: ['VARCHAR', 'The run; null for spans of other programs, and of lost executions'],
    attempt: ['INTEGER', 'The attempt at the run'],
    from_span: ['VARCHAR', 'The span that has the link'],
    to_span: [
      'VARCHAR',
      'The span it leads to; if that was of a lost execution, the same step of the one that counts',
    ],
    relationship: ['VARCHAR', '`criterion`, `failed_verdict`, `feedback`, …'],
    ...aboutColumns,
    other_trace: ['VARCHAR', 'The other trace it leads to; null within its own'],
    is_found: ['BOOLEAN', 'False if the span it leads to is not in its trace'],
  },
  (trace, runs) => [
    ...runs.flatMap((run) => ofRun(run).map((link) => fieldsOf(link, run.reading))),
    ...ofOthers(trace, runs),
  ],
);

const ofRun = ({ reading, isOwn }: OwnReading) => reading.links.filter(({ from }) => isOwn(from));

function fieldsOf(
  { from, to, relationship, about, other_trace, is_found }: Link,
  run: Pick<RunReading, 'run_id' | 'run_attempt'> | null,
) {
  return {
    run_id: run?.run_id ?? null,
    attempt: run?.run_attempt ?? null,
    from_span: from,
    to_span: to,
    relationship: relationship || null,
    item_id: about.item_id,
    criterion_id: about.criterion_id,
    plan_id: about.plan_id,
    revision: about.attempt,
    other_trace,
    is_found,
  };
}

/** Links of spans that no reading tells of, as they were recorded. */
function ofOthers({ spans }: Trace, runs: OwnReading[]) {
  const told = new Set(runs.flatMap(({ reading }) => reading.links.map(({ from }) => from)));
  const byId = new Map(spans.map((span) => [span.span_id, span]));
  return spans
    .filter(({ span_id }) => !told.has(span_id))
    .flatMap((span) => linksIn(span, byId).map((link) => fieldsOf(link, null)));
}
