import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { printable } from '@agento/contracts';
import { type Case, caseOf, NoCaseError, readSuite, sameCase, withCase } from '@agento/evidence/eval';
import { createRedactor } from '@agento/redaction';
import { suiteText } from '../eval/suite-file.ts';
import { CommandError, type ExitCode, exitCodes } from '../exit-codes.ts';
import { type RunOptions, runFrom } from '../run-source.ts';
import type { Terminal } from '../terminal.ts';
import { unwritable } from '../unreadable.ts';

/** `agento eval add`: a run becomes a case of a suite. */
export async function addCase(
  terminal: Terminal,
  source: string,
  options: RunOptions & { suite: string; id?: string },
): Promise<ExitCode> {
  const { suite: file } = options;
  const reading = await runFrom(terminal, source, options);
  const text = await suiteText(file).catch((error: CommandError) => {
    if (error.exitCode === exitCodes.notFound) return '';
    throw error;
  });
  const known = text.trim() === '' ? null : readSuite(text);
  const [wrong] = known?.findings ?? [];
  if (wrong) {
    throw new CommandError(
      exitCodes.usage,
      `${file}:${wrong.line}  ${wrong.detail}`,
      'Mend the suite first.',
    );
  }
  const taken = new Set(known?.suite?.goals.map(({ id }) => id));
  const id = options.id ?? freeId(reading.goal.value ?? '', taken);
  try {
    const added = caseOf(reading, id);
    refuseSecrets(added);
    const same = known?.suite ? sameCase(known.suite, added) : null;
    if (same !== null && options.id === undefined) {
      throw new CommandError(
        exitCodes.usage,
        `${file} has this goal with this context already: ${same}.`,
        'Pass --id to have it twice.',
      );
    }
    await writeFile(file, withCase(text, nameOf(file), added)).catch((error: unknown) => {
      throw unwritable(file, error);
    });
    const checks = added.checks?.length ?? 0;
    terminal.stdout.write(
      `${printable(file)}: ${id} added, with ${checks} ${checks === 1 ? 'check that holds' : 'checks that hold'} of run ${reading.run_id.slice(0, 8)}\n`,
    );
  } catch (error) {
    if (error instanceof NoCaseError) throw new CommandError(exitCodes.usage, error.message);
    throw error;
  }
  return exitCodes.done;
}

/** A suite is committed. Where redaction was off, or the trace is from elsewhere, a secret may stand in it. */
function refuseSecrets({ goal, context = '' }: Case): void {
  const redactor = createRedactor({ secrets: [] });
  for (const [name, text] of Object.entries({ goal, context })) {
    if (redactor.text(text).count > 0) {
      throw new NoCaseError(`The run’s ${name} seems to hold a secret: write the case by hand, without it.`);
    }
  }
}

/** `evals/Our town.yaml` → `our-town`. */
function nameOf(file: string): string {
  return slug(path.basename(file).replace(/\.ya?ml$/i, '')) || 'suite';
}

/** The first words of the goal, and a number where that is taken. */
function freeId(goal: string, taken: Set<string>): string {
  const words = slug(goal.split(/\s+/).slice(0, 4).join(' ')).slice(0, 50) || 'goal';
  let id = words;
  for (let number = 2; taken.has(id); number++) id = `${words}-${number}`;
  return id;
}

function slug(text: string): string {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return plain.replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '');
}
