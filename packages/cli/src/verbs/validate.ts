import { printable, printableLines } from '@agento/contracts';
import {
  validate as findingsOf,
  hasModules,
  numbered,
  type Trace,
  type TraceFinding,
} from '@agento/evidence';
import { CommandError, type ExitCode, exitCodes } from '../exit-codes.ts';
import { agento } from '../invocation.ts';
import { type Style, styleOf, type Terminal } from '../terminal.ts';
import { type SourceOptions, traceFrom } from '../trace-source.ts';

/** Most findings that are shown: a trace of a million spans may have one of each. */
const mostFindings = 10_000;

interface ValidateOptions extends SourceOptions {
  format: string;
  complete?: boolean;
}

/** `agento validate`: a trace held against the telemetry contract. */
export async function validate(
  terminal: Terminal,
  source: string,
  options: ValidateOptions,
): Promise<ExitCode> {
  const trace = await traceFrom(terminal, source, options);
  if (trace.spans.length > 0 && !hasModules(trace)) {
    const what = `trace ${printable(trace.trace_id)} has ${numbered(trace.spans.length, 'span')} but none of Agento's modules`;
    throw new CommandError(
      exitCodes.notFound,
      `${what}: there is nothing to validate, \`${agento} trace\` shows it`,
    );
  }
  const complete = options.complete === true;
  const all = findingsOf(trace, { complete });
  const findings = all.slice(0, mostFindings);
  const left_out = all.length - findings.length;
  const { trace_id, spans } = trace;
  terminal.stdout.write(
    options.format === 'json'
      ? `${printableLines(JSON.stringify({ trace_id, spans: spans.length, complete, findings, left_out }, null, 2))}\n`
      : renderFindings(trace, findings, styleOf(terminal.stdout, terminal.env), left_out),
  );
  return findings.length === 0 ? exitCodes.done : exitCodes.failed;
}

/** One line a finding, and how many there are; `left_out` more are not shown. */
export function renderFindings(trace: Trace, findings: TraceFinding[], style: Style, left_out = 0): string {
  const what = `trace ${printable(trace.trace_id) || '(without an id)'}, ${numbered(trace.spans.length, 'span')}`;
  if (findings.length === 0) return `${style.green('✔')} ${what}: nothing found\n`;
  const lines = findings.map(({ rule, module, span_id, span_name, attempt, execution, detail }) => {
    const where = [
      attempt === undefined ? '' : `attempt ${attempt}`,
      module === null ? '' : `module ${module}`,
      execution === undefined ? '' : `execution ${execution}`,
      span_name.slice(0, 100),
      span_id.slice(0, 100),
    ];
    const place = printable(where.filter(Boolean).join(' '));
    const parts = [style.bold(rule), place && style.dim(place), printable(detail.slice(0, 1000))];
    return `${style.red('✖')} ${parts.filter(Boolean).join('  ')}`;
  });
  const count = findings.length + left_out;
  const shown = left_out > 0 ? `, the first ${findings.length} of them above` : '';
  return `${lines.join('\n')}\n\n${what}: ${style.red(count === 1 ? '1 finding' : `${count} findings`)}${shown}\n`;
}
