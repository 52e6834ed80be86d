import { stat, writeFile } from 'node:fs/promises';
import { printableLines, version } from '@agento/contracts';
import {
  asJunit,
  asSarif,
  auditPage,
  beginAudit,
  beginMatter,
  loadTraces,
  pageAsMarkdown,
  pageAsText,
  type RunReading,
  readingsIn,
  readingsInTraces,
  tracesInJaeger,
  type Unread,
  unreadLines,
} from '@agento/evidence';
import { isAsBad, type RuleOptions, rulesOf } from '../audit-rules.ts';
import { dataDirectory } from '../environment.ts';
import { CommandError, type ExitCode, exitCodes } from '../exit-codes.ts';
import { jaegerAt, orNotFound } from '../in-jaeger.ts';
import { agento } from '../invocation.ts';
import { paged } from '../pager.ts';
import { styleOf, type Terminal } from '../terminal.ts';
import { loaded } from '../trace-source.ts';
import { unreadable } from '../unreadable.ts';

interface AuditOptions extends RuleOptions {
  failOn?: string;
  since?: number;
  jaeger?: string;
  json?: boolean;
  md?: boolean;
  junit?: string;
  sarif?: string;
}

const dayBack = 86_400_000;
const usualWidth = 120;
/** Characters of a passage on a terminal; Markdown has them whole. */
const shortPassage = 240;

/** `agento audit`: what is odd in runs, by rules over their spans. */
export async function audit(terminal: Terminal, sources: string[], options: AuditOptions): Promise<ExitCode> {
  const { stdout, env } = terminal;
  const rules = rulesOf(options);
  const auditing = beginAudit(rules);
  const matter = beginMatter(rules);
  const unread: Unread[] = [];
  for await (const reading of readings(terminal, sources, options, unread)) {
    auditing.add(reading);
    matter.add(reading);
  }
  const unjudged = matter.unjudged();
  const [findings, runs, repeated] = [auditing.findings(), auditing.runs(), auditing.repeated()];
  if (runs === 0) {
    throw new CommandError(
      exitCodes.notFound,
      [
        `There is no run to audit in ${options.jaeger ?? (sources.join(', ') || dataDirectory(env))}.`,
        ...unreadLines(unread),
      ].join('\n'),
      unread.length > 0
        ? `\`${agento} trace\` shows any trace, another system’s too.`
        : `\`${agento} runs\` lists those there are.`,
    );
  }
  if (options.junit !== undefined) {
    await written(options.junit, asJunit(findings, rules, isAsBad(options.failOn ?? 'warning'), unjudged));
  }
  if (options.sarif !== undefined) {
    await written(options.sarif, `${JSON.stringify(asSarif(findings, rules, unjudged, version), null, 2)}\n`);
  }
  const longest = options.md ? Number.POSITIVE_INFINITY : shortPassage;
  const page = auditPage(findings, { rules, runs, repeated, unread, unjudged, longest });
  if (options.json) {
    stdout.write(
      `${printableLines(JSON.stringify({ runs, repeated, findings, unread, unjudged }, null, 2))}\n`,
    );
  } else if (options.md) stdout.write(pageAsMarkdown(page));
  else {
    const width = stdout.columns ?? usualWidth;
    await paged(terminal, pageAsText(page, { colors: styleOf(stdout, env), width }));
  }
  const fails = options.failOn !== undefined && findings.some(isAsBad(options.failOn));
  return fails ? exitCodes.failed : exitCodes.done;
}

async function* readings(
  terminal: Terminal,
  sources: string[],
  { jaeger, since = 0 }: AuditOptions,
  unread: Unread[],
): AsyncGenerator<RunReading> {
  const skip = (what: Unread) => unread.push(what);
  if (jaeger !== undefined && sources.length === 0) {
    const until = Date.now();
    const search = { since: since || until - dayBack, until };
    for await (const trace of orNotFound(tracesInJaeger(jaegerAt(jaeger, terminal.env), search)))
      yield* readingsInTraces([trace], `trace ${trace.trace_id}`, skip).filter(
        ({ started_ms }) => started_ms >= since,
      );
    return;
  }
  for (const source of sources.length > 0 ? sources : [dataDirectory(terminal.env)]) {
    const isHere = await stat(source).then(
      () => true,
      () => false,
    );
    if (isHere && jaeger === undefined) {
      yield* readingsIn(source, since, skip);
      continue;
    }
    const traces = await loaded(terminal, source, jaeger === undefined ? {} : { jaeger }, loadTraces).catch(
      (error: unknown) => {
        if (!(error instanceof CommandError)) throw error;
        // The source stands before it.
        const { message } = error;
        skip({ source, why: message.startsWith(`${source} `) ? message.slice(source.length + 1) : message });
        return null;
      },
    );
    if (traces !== null)
      yield* readingsInTraces(traces, source, skip).filter(({ started_ms }) => started_ms >= since);
  }
}

async function written(file: string, text: string): Promise<void> {
  await writeFile(file, text).catch((error: unknown) => {
    throw unreadable(file, error);
  });
}
