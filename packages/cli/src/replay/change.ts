import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { findings, redactedMark, StepChange } from '@agento/contracts';
import type { ReplayPlan } from '@agento/evidence';
import { root } from '@agento/files/home';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { unreadable } from '../unreadable.ts';

/** What the command line says of the step that is asked anew. */
export interface ChangeOptions {
  prompt?: string;
  model?: string;
  set: string[];
}

const settings = ['temperature', 'seed', 'max_tokens'] as const;

/** The change that the options stand for; undefined for none. Throws a CommandError (2; a file that is not there: 3). */
export async function changeOf(
  { prompt, model, set }: ChangeOptions,
  plan: ReplayPlan,
): Promise<StepChange | undefined> {
  const change = {
    ...(prompt !== undefined && { prompt: await promptText(prompt, plan) }),
    ...(model !== undefined && { model }),
    ...Object.fromEntries(set.map(settingOf)),
  };
  const [wrong] = findings(StepChange, change);
  if (wrong) {
    throw new CommandError(exitCodes.usage, `The ${wrong.pointer.slice(1)} ${wrong.detail}.`);
  }
  return Object.keys(change).length > 0 ? change : undefined;
}

function settingOf(given: string): [string, number] {
  const [, name = '', value = ''] = /^([^=]*)=(.*)$/s.exec(given) ?? [];
  if (!settings.some((known) => known === name)) {
    throw new CommandError(
      exitCodes.usage,
      `There is no setting ${JSON.stringify((name || given).slice(0, 100))}: a step has ${settings.join(', ')}.`,
      'Write --set temperature=0.2; prompt and model are options of their own.',
    );
  }
  const number = Number(value);
  if (value.trim() === '' || !Number.isFinite(number)) {
    throw new CommandError(exitCodes.usage, `The ${name} must be a number, not ${JSON.stringify(value)}.`);
  }
  return [name, number];
}

/** The prompt file with its includes, which may also be those of the prompt that it replaces. */
async function promptText(file: string, { agents, asked }: ReplayPlan): Promise<string> {
  if (!existsSync(file)) throw unreadable(file, { code: 'ENOENT' });
  const { assemblePrompt, readPrompt } = await import('@agento/agent');
  const folders = [...new Set(asked.map(({ place }) => place.module))].map((module) =>
    pathToFileURL(path.join(root, 'services', `module${module}`, 'prompts', 'parts', '/')),
  );
  try {
    const text = assemblePrompt(pathToFileURL(path.resolve(file)), folders);
    const { agent } = readPrompt(text, file);
    if (text.includes(redactedMark)) {
      throw new CommandError(
        exitCodes.usage,
        `${file} has ${redactedMark} in it, which must not be shown to a model.`,
        'It was copied from a trace: put what was removed back in, or leave it out.',
      );
    }
    const other = agents.find((name) => name !== agent);
    if (other === undefined) return text;
    const hint =
      agents.length > 1
        ? `The step is taken by ${agents.join(', ')}: name one of its calls with --from.`
        : undefined;
    throw new CommandError(
      exitCodes.usage,
      `${file} is a prompt of ${agent}, and the step is ${other}'s.`,
      hint,
    );
  } catch (error) {
    if (error instanceof CommandError) throw error;
    if ((error as NodeJS.ErrnoException).syscall !== undefined) throw unreadable(file, error);
    throw new CommandError(
      exitCodes.usage,
      `${(error as Error).message}.`,
      'Copy the agent’s file from services/module…/prompts, change it, and give it another version.',
    );
  }
}
