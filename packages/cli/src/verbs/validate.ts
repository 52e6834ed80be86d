import { type Finding, validate as findingsOf, type Trace } from '@agento/evidence';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { oneLine, type Style, styleOf, type Terminal } from '../terminal.ts';
import { type SourceOptions, traceFrom } from '../trace-source.ts';

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
  const complete = options.complete === true;
  const findings = findingsOf(trace, { complete });
  const { trace_id, spans } = trace;
  terminal.stdout.write(
    options.format === 'json'
      ? `${JSON.stringify({ trace_id, spans: spans.length, complete, findings }, null, 2)}\n`
      : renderFindings(trace, findings, styleOf(terminal.stdout, terminal.env)),
  );
  return findings.length === 0 ? exitCodes.done : exitCodes.failed;
}

/** One line a finding, and how many there are. */
export function renderFindings(trace: Trace, findings: Finding[], style: Style): string {
  const what = `trace ${trace.trace_id || '(without an id)'}, ${trace.spans.length} spans`;
  if (findings.length === 0) return `${style.green('✔')} ${what}: nothing found\n`;
  const lines = findings.map(({ rule, module, span_id, span_name, detail }) => {
    const where = [module === null ? '' : `module ${module}`, span_name, span_id].filter(Boolean).join(' ');
    const parts = [style.bold(rule), where && style.dim(oneLine(where)), oneLine(detail)];
    return `${style.red('✖')} ${parts.filter(Boolean).join('  ')}`;
  });
  const count = findings.length === 1 ? '1 finding' : `${findings.length} findings`;
  return `${lines.join('\n')}\n\n${what}: ${style.red(count)}\n`;
}
