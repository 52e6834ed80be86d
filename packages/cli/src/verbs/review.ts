import { matches, printableLines, Review, RunResource, uuidPattern } from '@agento/contracts';
import { fetch } from 'undici';
import { startOf } from '../answer-text.ts';
import { bearer } from '../api-key.ts';
import { dataDirectory } from '../environment.ts';
import { CommandError, type ExitCode, exitCodes } from '../exit-codes.ts';
import { writePage } from '../page-output.ts';
import { problemExitCode, renderProblem } from '../problem.ts';
import { type DecisionOptions, decisionsOf } from '../review/decisions.ts';
import { reviewPage } from '../review/page.ts';
import { elsewhere, notAgento, notReachable, problemOf } from '../run-client.ts';
import { oneLine, styleOf, type Terminal } from '../terminal.ts';

interface ReviewOptions extends DecisionOptions {
  attempt?: number;
  url: string;
  json?: boolean;
}

/** How long the services may take to answer, in milliseconds. */
const patienceMs = 30_000;

/** `agento review`: what a run waits for a person to decide; with decisions, has it go on. */
export async function review(terminal: Terminal, run: string, options: ReviewOptions): Promise<ExitCode> {
  const { url, attempt, json = false } = options;
  if (!new RegExp(uuidPattern).test(run)) {
    throw new CommandError(exitCodes.usage, `${run} is not a run id: it must be a UUID.`);
  }
  const body = await decisionsOf(terminal, options);
  const query = attempt === undefined ? '' : `?attempt=${attempt}`;
  const address = `${url}/runs/${run}/review${query}`;
  const { status, text } = await ask(terminal, url, address, body);
  if (status >= 400) {
    const problem = problemOf(text, status, url);
    if (json) terminal.stdout.write(`${printableLines(JSON.stringify(problem, null, 2))}\n`);
    const where = { url, dataDir: dataDirectory(terminal.env), traced: true };
    // The remedy of a goal's conflict is another run id.
    if (status === 409) throw new CommandError(exitCodes.usage, problem.detail);
    terminal.stderr.write(renderProblem(problem, where, styleOf(terminal.stderr, terminal.env)));
    return problemExitCode(problem);
  }
  const answer: unknown = parsed(text);
  if (body === null && matches(Review, answer)) {
    await writePage(terminal, answer, reviewPage(answer), { json });
  } else if (body !== null && matches(RunResource, answer)) {
    const { run_id, state } = answer;
    const said = `The run ${oneLine(run_id)} was reviewed and is ${state}: GET ${url}/runs/${oneLine(run_id)} says how far it is.`;
    terminal.stdout.write(json ? `${printableLines(JSON.stringify(answer, null, 2))}\n` : `${said}\n`);
  } else throw notAgento(url);
  return exitCodes.done;
}

async function ask(
  { env, interrupted }: Terminal,
  url: string,
  address: string,
  body: object | null,
): Promise<{ status: number; text: string }> {
  const response = await fetch(address, {
    redirect: 'manual',
    signal: AbortSignal.any([interrupted, AbortSignal.timeout(patienceMs)]),
    headers: { ...bearer(env), ...(body !== null && { 'content-type': 'application/json' }) },
    ...(body !== null && { method: 'POST', body: JSON.stringify(body) }),
  }).catch((error: unknown) => {
    if (interrupted.aborted) throw error;
    throw notReachable(url, error);
  });
  if (response.status >= 300 && response.status < 400) throw elsewhere(url, response.status);
  return {
    status: response.status,
    text: response.ok ? await response.text() : await startOf(response.body),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
