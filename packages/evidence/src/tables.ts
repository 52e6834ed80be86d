import { printable } from '@agento/contracts';
import type { Totals, Usage } from './totals.ts';

/**
 * Usage by agent where these are wanted, then by module and in total, and below it what was spent in vain and what was
 * replayed.
 */
export function tablesOf(
  { agents, modules, all, in_vain, replayed }: Totals,
  { byAgent }: { byAgent: boolean },
): string[] {
  const numbers = Object.entries(modules).map(([number, usage]): [string, Usage] => [
    `module ${number}`,
    usage,
  ]);
  const vain: [string, Usage][] = in_vain.calls > 0 ? [['besides, in vain', in_vain]] : [];
  const given =
    replayed > 0
      ? [`${replayed} more ${replayed === 1 ? 'call was' : 'calls were'} replayed, and cost nothing`]
      : [];
  const rest: [string, Usage][] = [...numbers, ['all', all], ...vain];
  if (!byAgent) return [...tableOf(rest), ...given];
  const lines = tableOf([...Object.entries(agents), ...rest]);
  const agentsEnd = 1 + Object.keys(agents).length;
  return [...lines.slice(0, agentsEnd), '', ...lines.slice(agentsEnd), ...given];
}

/** A line of column heads, then one line per row. */
export function tableOf(rows: [string, Usage][]): string[] {
  const cells = [
    ['', 'calls', 'tokens in', 'tokens out', 'model time', 'cost USD'],
    ...rows.map(([name, usage]) => [
      printable(name),
      String(usage.calls),
      tokens(usage, usage.input_tokens),
      tokens(usage, usage.output_tokens),
      duration(usage.duration_ms),
      usage.cost_usd === null ? 'unknown' : usage.cost_usd.toFixed(4),
    ]),
  ];
  const widths = (cells[0] ?? []).map((_, column) =>
    cells.reduce((most, row) => Math.max(most, (row[column] ?? '').length), 0),
  );
  return cells.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  '),
  );
}

export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`;
  return `${(milliseconds / 1000).toFixed(2)} s`;
}

/** A sum without the calls whose tokens are unknown is a lower bound. */
function tokens({ calls, calls_without_usage = 0 }: Usage, sum: number): string {
  if (calls_without_usage === 0) return String(sum);
  return calls_without_usage === calls && sum === 0 ? 'unknown' : `≥ ${sum}`;
}
