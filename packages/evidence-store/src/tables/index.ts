import type { Columns, Table } from '../table.ts';
import { fileColumn } from '../table.ts';
import { calls } from './calls.ts';
import { candidates, decisions } from './decisions.ts';
import { guardrails } from './guardrails.ts';
import { links } from './links.ts';
import { revisions, suggestions } from './revisions.ts';
import { runs } from './runs.ts';
import { events, spans } from './spans.ts';
import { steps } from './steps.ts';
import { constraints, criteria, plans, texts } from './texts.ts';
import { verdicts } from './verdicts.ts';

/** The tables that a trace has rows in. */
export const traceTables: readonly Table[] = [
  runs,
  steps,
  calls,
  decisions,
  candidates,
  verdicts,
  criteria,
  constraints,
  plans,
  texts,
  revisions,
  suggestions,
  guardrails,
  spans,
  events,
  links,
];

export const files = {
  name: 'files',
  about: 'A file that was looked at',
  columns: {
    ...fileColumn,
    path: ['VARCHAR', 'Its path'],
    identity: [
      'VARCHAR',
      'What tells that it has changed: its number on the disk, its size, when it and its entry were changed',
    ],
    size: ['BIGINT', 'Its bytes'],
    indexed: ['TIMESTAMP', 'When it was read, UTC'],
    traces: ['INTEGER', 'Traces that were taken from it'],
    spans: ['INTEGER', 'Their spans'],
  } satisfies Columns,
} as const;

export const problems = {
  name: 'problems',
  about: 'What is wrong with a file, or was left out of it',
  columns: {
    ...fileColumn,
    trace_id: ['VARCHAR', 'The trace it is about; null for the whole file'],
    span_id: ['VARCHAR', 'The span it is about'],
    rule: [
      'VARCHAR',
      '`file`: it could not be read, or holds no trace; `elsewhere`: its trace is taken from another file; else the rule of the encoding that is violated',
    ],
    detail: ['VARCHAR', 'What is wrong, in a sentence'],
    other_file_id: ['INTEGER', 'Of `elsewhere` the file that the trace is taken from'],
  } satisfies Columns,
} as const;

/** Every table, in the order in which they are listed. */
export const tables: readonly Pick<Table, 'name' | 'about' | 'columns'>[] = [...traceTables, files, problems];
