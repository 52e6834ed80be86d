import { access, constants, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { printableLines } from '@agento/contracts';
import { pageAsText } from '@agento/evidence';
import {
  baselineOf,
  foreseen,
  type GateReport,
  gateJunit,
  gatePage,
  judged,
  type Suite,
  type SuiteRun,
  writeBaseline,
} from '@agento/evidence/eval';
import { dataDirectory } from '../environment.ts';
import { madeWith, type Place, placeAt, placeHere } from '../eval/place.ts';
import { agreeOnPrice } from '../eval/price.ts';
import { rememberEval } from '../eval/remembered.ts';
import { runSuite } from '../eval/run-suite.ts';
import { baselineFrom, baselinePlace, suiteFrom } from '../eval/suite-file.ts';
import { CommandError, type ExitCode, exitCodes } from '../exit-codes.ts';
import { jaegerAt } from '../in-jaeger.ts';
import { type ModelServerOptions, withModelServer } from '../model-servers/take.ts';
import { styleOf, type Terminal } from '../terminal.ts';
import { unwritable } from '../unreadable.ts';

interface EvalOptions extends ModelServerOptions {
  url?: string;
  repeats?: number;
  jaeger?: string;
  atOnce: number;
  baseline?: string;
  updateBaseline?: boolean;
  fresh?: boolean;
  yes?: boolean;
  json?: boolean;
  junit?: string;
}

/** Width of lines where the terminal does not say it. */
const usualWidth = 100;

/** `agento eval`: the runs of a suite, judged by its checks and against its baseline. */
export async function evaluate(
  given: Terminal,
  file: string | undefined,
  options: EvalOptions,
): Promise<ExitCode> {
  if (file === undefined) {
    throw new CommandError(
      exitCodes.usage,
      'Which suite?',
      'Name its YAML file: docs/eval.md says what is in it.',
    );
  }
  const terminal = await withModelServer(given, options);
  const { stdout, stderr, env } = terminal;
  const suite = withRepeats(await suiteFrom(file), options.repeats);
  const baselineFile = baselinePlace(file, options.baseline);
  const baseline = await baselineFrom(baselineFile, suite, options);
  // What is paid for must not be lost for want of a place.
  for (const place of [options.junit, options.updateBaseline ? baselineFile : undefined]) {
    if (place !== undefined) await checkPlace(place);
  }
  const { yellow } = styleOf(stderr, env);
  if (!options.updateBaseline) {
    for (const fact of foreseen(suite, baseline)) stderr.write(`${yellow('!')} ${fact}\n`);
  }
  await agreeOnPrice(terminal, suite, {
    url: options.url,
    atOnce: options.atOnce,
    yes: options.yes === true,
  });
  const began = Date.now();
  const { runs, forget } = await runsOf(terminal, suite, options);
  const report = judged(suite, runs, { baseline, seconds: (Date.now() - began) / 1000 });
  if (options.json) stdout.write(`${printableLines(JSON.stringify(asData(report, runs), null, 2))}\n`);
  else {
    const form = { colors: styleOf(stdout, env), width: stdout.columns ?? usualWidth };
    stdout.write(pageAsText(gatePage(report), form));
  }
  if (options.junit !== undefined) await written(options.junit, gateJunit(report));
  const isGood = report.checks.every(({ passed, is_of_baseline }) => passed || is_of_baseline);
  if (options.updateBaseline && isGood) await written(baselineFile, writeBaseline(baselineOf(suite, runs)));
  // Only now: where something could not be written, the same command does so without another run.
  await forget();
  if (!options.updateBaseline) return report.passed ? exitCodes.done : exitCodes.failed;
  if (!isGood) {
    throw new CommandError(
      exitCodes.failed,
      `${baselineFile} is left as it is: a check does not hold.`,
      'A baseline is made of runs that are good. Mend them, or the suite.',
    );
  }
  stderr.write(`The baseline is written: ${baselineFile}\n`);
  return exitCodes.done;
}

/** The suite with so many runs of each goal. */
function withRepeats(suite: Suite, repeats: number | undefined): Suite {
  if (repeats === undefined) return suite;
  return { ...suite, repeats, goals: suite.goals.map(({ repeats: _own, ...entry }) => entry) };
}

async function runsOf(
  terminal: Terminal,
  suite: Suite,
  options: EvalOptions,
): Promise<{ runs: SuiteRun[]; forget: () => Promise<void> }> {
  const { stderr, env, interrupted } = terminal;
  const { url, jaeger, atOnce } = options;
  const { dim } = styleOf(stderr, env);
  const say = (line: string) => stderr.write(`${line}\n`);
  const remembered = await rememberEval(dataDirectory(env), suite, {
    made: await madeWith(url, env),
    isFresh: options.fresh === true,
  });
  if (remembered.goesOn) {
    const at = new Date(remembered.began_ms).toISOString().slice(0, 16).replace('T', ' ');
    say(`It goes on with the eval that began at ${at} (UTC): --fresh begins another.`);
  }
  const place: Place = url === undefined ? await placeHere(terminal, jaeger) : placeAt(terminal, url);
  try {
    const runs = await runSuite(suite, {
      place,
      sources: { dataDir: place.dataDir, ...(jaeger !== undefined && { jaeger: jaegerAt(jaeger, env) }) },
      id: remembered.id,
      goesOn: remembered.goesOn,
      atOnce,
      signal: interrupted,
      say: (line) => say(dim(line)),
    });
    return { runs, forget: remembered.forget };
  } finally {
    await place.stop();
  }
}

function asData(report: GateReport, runs: SuiteRun[]): object {
  return {
    ...report,
    made: runs.map(({ goal, repeat, run_id, reading, problem }) => ({
      goal,
      repeat,
      run_id,
      trace_id: reading?.trace_id ?? null,
      outcome: reading?.outcome ?? null,
      problem,
    })),
  };
}

async function written(file: string, text: string): Promise<void> {
  await writeFile(file, text).catch((error: unknown) => {
    throw unwritable(file, error);
  });
}

async function checkPlace(file: string): Promise<void> {
  await access(path.dirname(file), constants.W_OK).catch((error: unknown) => {
    throw unwritable(file, error, 'It is to be written once the runs have ended.');
  });
}
