import { readFile, writeFile } from 'node:fs/promises';
import { StepError } from '@agento/agent';
import { printable } from '@agento/contracts';
import {
  critique as ask,
  backTest,
  type Critique,
  type CritiqueCost,
  critiqueCost,
  critiquePage,
  type Evidence,
  evidenceOf,
  FindingsError,
  guardrailsAsYaml,
  type Readings,
  readFindings,
} from '@agento/critic';
import { type AuditRule, beginAudit, type Finding } from '@agento/evidence';
import { guardrailsOf } from '@agento/guardrails';
import { agreement } from '../agreement.ts';
import { type RuleOptions, rulesOf } from '../audit-rules.ts';
import { type AskingSystem, startAsking } from '../critique-system.ts';
import { CommandError, type ExitCode, exitCodes } from '../exit-codes.ts';
import { startCommand } from '../invocation.ts';
import { type ModelServerOptions, withModelServer } from '../model-servers/take.ts';
import { type PageOptions, writePage } from '../page-output.ts';
import { readingsOf } from '../readings.ts';
import { styleOf, type Terminal } from '../terminal.ts';
import type { SourceOptions } from '../trace-source.ts';
import { unreadable } from '../unreadable.ts';

export interface CritiqueOptions extends SourceOptions, PageOptions, RuleOptions, ModelServerOptions {
  /** A file of them; without it the runs are audited. */
  findings?: string;
  yes?: boolean;
  out?: string;
}

/** `agento critique`: has a model propose guardrails for what an audit found, and tests them on the runs at once. */
export async function critique(
  given: Terminal,
  sources: string[],
  options: CritiqueOptions,
): Promise<ExitCode> {
  const { findings: file, rule, severity } = options;
  if (file !== undefined && (rule ?? severity) !== undefined)
    throw new CommandError(exitCodes.usage, '--rule and --severity are of an audit: leave out --findings.');
  const rules = rulesOf(options);
  const terminal = await withModelServer(given, options);
  const listed = file === undefined ? null : await findingsFrom(file);
  // Runs are read one at a time, once for each purpose: a folder may hold thousands.
  const readings = { [Symbol.asyncIterator]: () => readingsOf(terminal, sources, options) };
  const findings = listed ?? (await audited(readings, sources, rules));
  const evidence = await evidenceOf(findings, readings);
  if (evidence.astray === evidence.findings.size) {
    throw new CommandError(
      exitCodes.notFound,
      `None of the ${evidence.findings.size} findings is about a span of these runs.`,
      'Name the runs that the findings are of.',
    );
  }
  const system = await startAsking(terminal.env);
  try {
    await agreeOnCost(terminal, evidence, system, options);
    const made = await ask(evidence, { models: system.models, signal: terminal.interrupted });
    const guardrails = made.file && guardrailsOf(made.file);
    const test = guardrails && (await backTest(guardrails, readings));
    await writePage(terminal, { ...made, back_test: test }, critiquePage(made, evidence, test), options);
    if (options.out !== undefined) await keep(terminal, options.out, made);
    return exitCodes.done;
  } catch (error) {
    if (error instanceof StepError) throw new CommandError(exitCodes.failed, error.message);
    throw error;
  } finally {
    await system.close();
  }
}

async function audited(readings: Readings, sources: string[], rules: AuditRule[]): Promise<Finding[]> {
  const audit = beginAudit(rules);
  for await (const reading of readings) audit.add(reading);
  if (audit.runs() === 0)
    throw new CommandError(exitCodes.notFound, `No runs in ${printable(sources.join(', '))}.`);
  const findings = audit.findings();
  if (findings.length > 0) return findings;
  const runs = audit.runs() === 1 ? 'this run' : `these ${audit.runs()} runs`;
  throw new CommandError(
    exitCodes.notFound,
    `The audit finds nothing in ${runs}: there is nothing to propose.`,
  );
}

async function findingsFrom(file: string): Promise<Finding[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw unreadable(printable(file), error);
  });
  try {
    const findings = readFindings(text);
    if (findings.length > 0) return findings;
    throw new CommandError(
      exitCodes.notFound,
      `${printable(file)} holds no findings: there is nothing to propose.`,
    );
  } catch (error) {
    if (!(error instanceof FindingsError)) throw error;
    const problems = error.problems.map((problem) => `  ${printable(problem)}`);
    throw new CommandError(exitCodes.usage, [`${printable(file)} cannot be used:`, ...problems].join('\n'));
  }
}

/** Says what it will cost, and asks where somebody can answer; nothing is paid to the offline model. Throws a CommandError (2). */
async function agreeOnCost(
  terminal: Terminal,
  evidence: Evidence,
  { models, isOffline }: AskingSystem,
  { yes }: CritiqueOptions,
): Promise<void> {
  const { stderr, env } = terminal;
  const cost = critiqueCost(evidence, models.settings);
  stderr.write(`${styleOf(stderr, env).dim(costText(cost, isOffline))}\n`);
  if (isOffline || yes) return;
  const isAgreed = await agreement(terminal, 'Ask it?');
  if (isAgreed === true) return;
  if (isAgreed === false) throw new CommandError(exitCodes.usage, 'Nothing was asked.');
  throw new CommandError(exitCodes.usage, 'Nobody can be asked whether to go on.', 'Add --yes.');
}

function costText({ model, input_tokens, output_tokens, usd }: CritiqueCost, isOffline: boolean): string {
  const tokens = `about ${input_tokens} tokens in, ${output_tokens[0]} out (at most ${output_tokens[1]})`;
  if (isOffline) return `One call of the offline model, which costs nothing: ${tokens}.`;
  const price =
    usd === null ? 'its price is unknown' : `$${usd[0].toFixed(4)} (at most $${usd[1].toFixed(4)})`;
  return `One call of ${printable(model)}, and one more if it has to be repaired: ${tokens}, ${price} a call.`;
}

async function keep({ stderr }: Terminal, out: string, { file }: Critique): Promise<void> {
  if (file === null) return;
  await writeFile(out, guardrailsAsYaml(file)).catch((error: unknown) => {
    throw unreadable(printable(out), error);
  });
  stderr.write(
    `${printable(out)} is written: \`AGENTO_GUARDRAILS=${printable(out)} ${startCommand}\` switches it on.\n`,
  );
}
