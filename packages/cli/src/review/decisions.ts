import { createReadStream } from 'node:fs';
import { findings, ReviewBody, type ReviewDecision } from '@agento/contracts';
import { CommandError, exitCodes } from '../exit-codes.ts';
import { readText } from '../goal-input.ts';
import type { Terminal } from '../terminal.ts';
import { unreadable } from '../unreadable.ts';

/** Decisions as the command line gives them. */
export interface DecisionOptions {
  approve?: string[];
  reject?: string[];
  reword?: string[];
  reason?: string;
  keepOthers?: boolean;
  file?: string;
}

/** The body of the review; null where nothing is decided. @throws CommandError for what the service would refuse */
export async function decisionsOf(
  terminal: Terminal,
  { approve = [], reject = [], reword = [], reason, keepOthers, file }: DecisionOptions,
): Promise<ReviewBody | null> {
  const why = reason === undefined ? {} : { reason };
  const named: ReviewDecision[] = [
    ...approve.map((request) => ({ request, decision: 'approve' as const, ...why })),
    ...reject.map((request) => ({ request, decision: 'reject' as const, ...why })),
    ...reword.map((given) => ({ ...reworded(given), ...why })),
  ];
  const decides = named.length > 0 || keepOthers === true;
  if (file !== undefined) {
    if (decides) throw new CommandError(exitCodes.usage, 'It is either --file or decisions one by one.');
    return fromFile(terminal, file);
  }
  if (!decides) {
    if (reason === undefined) return null;
    throw new CommandError(exitCodes.usage, '--reason is of a decision, and none is named.');
  }
  if (reason === undefined && reject.length + reword.length > 0) {
    throw new CommandError(exitCodes.usage, 'To reject or reword a request takes a reason.', 'Add --reason.');
  }
  return { decisions: named, ...(keepOthers === true && { others: 'keep' as const }) };
}

function reworded(given: string): ReviewDecision {
  const at = given.indexOf('=');
  const [request, text] = [given.slice(0, at), given.slice(at + 1)];
  if (at > 0 && text.trim() !== '') return { request, decision: 'reword', text };
  throw new CommandError(exitCodes.usage, `--reword ${given}: it must be <id>=<text>.`);
}

async function fromFile(terminal: Terminal, file: string): Promise<ReviewBody> {
  const source = file === '-' ? terminal.stdin : createReadStream(file);
  const name = file === '-' ? 'Standard input' : file;
  let body: unknown;
  try {
    body = JSON.parse(await readText(source, name));
  } catch (error) {
    if (error instanceof CommandError) throw error;
    if (error instanceof SyntaxError) throw new CommandError(exitCodes.usage, `${name} is not JSON.`);
    throw unreadable(name, error, 'Pass a file with --file, or `-` for standard input.');
  }
  const [wrong] = findings(ReviewBody, body, { foreignNames: true });
  if (wrong) throw new CommandError(exitCodes.usage, `${name}: ${wrong.pointer} ${wrong.detail}`);
  return body as ReviewBody;
}
