import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { chain } from '@agento/contracts';
import { jsonOf } from '../payload.ts';
import { fieldsIn, listIn, numberIn, textIn } from '../reading/loose.ts';
import { namesIn } from '../run-folders.ts';
import type { RunSummary } from './summary.ts';

/** A run as its outputs tell it, where its trace is elsewhere. Null if the folder has no output. */
export async function summaryOfOutputs(folder: string): Promise<RunSummary | null> {
  const outputs = namesIn(folder)
    .map((name) => Number(/^module(\d+)_output\.json$/.exec(name)?.[1] ?? 0))
    .filter((number) => number > 0)
    .sort((one, other) => one - other);
  const [first, last] = [outputs[0], outputs.at(-1)];
  if (first === undefined || last === undefined) return null;
  const file = (number: number) => path.join(folder, `module${number}_output.json`);
  const output = jsonOf(await readFile(file(last), 'utf8'));
  const trace_id = textIn(fieldsIn(output).trace_metadata, 'trace_id') ?? '';
  const usage = listIn(output, 'usage');
  const sum = (key: string) => usage.reduce((total, entry) => total + (numberIn(entry, key) ?? 0), 0);
  const costs = usage.map((entry) => numberIn(entry, 'cost_usd'));
  const report = fieldsIn(output).quality_report;
  const decision = textIn(report, 'decision');
  return {
    run_id: textIn(output, 'run_id') ?? '',
    run_attempt: numberIn(output, 'run_attempt') ?? 1,
    trace_id,
    session_id: textIn(output, 'session_id'),
    // When its first module wrote its output: the time it began is in its trace alone.
    started_ms: (await stat(file(first))).mtimeMs,
    wall_ms: null,
    goal: textIn(output, 'goal'),
    outcome: decision === 'publish' ? 'published' : decision === 'hold' ? 'held' : stoppedAfter(last),
    error: null,
    score: numberIn(report, 'share_met'),
    models: [...new Set(usage.flatMap((entry) => textIn(entry, 'model') ?? []))].sort(),
    calls: sum('calls'),
    input_tokens: sum('input_tokens'),
    output_tokens: sum('output_tokens'),
    cost_usd: costs.includes(null) ? null : sum('cost_usd'),
    is_complete: null,
  };
}

/** Files alone do not tell whether a run failed, was stopped or goes on. */
function stoppedAfter(module: number): string {
  return module < chain.length ? `after module ${module}` : 'held';
}
