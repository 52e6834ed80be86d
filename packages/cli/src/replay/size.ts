import { limits, type Module1Input, placeOfCall } from '@agento/contracts';
import { outputSizeOf, type RecordedRun } from '@agento/evidence';
import { CommandError, exitCodes } from '../exit-codes.ts';

/** How much longer an output may become than the recorded one was, as a factor. */
const growth = 1.25;

/**
 * Refuses what the services would refuse for its size, before anything is paid for: module 1 the body, a later one the
 * output it is handed with its share of the calls. Throws a CommandError (2).
 */
export function checkSizes(input: Module1Input, { modules }: RecordedRun): void {
  const { replay } = input;
  const size = Buffer.byteLength(JSON.stringify(input));
  if (size > limits.body) throw tooLong(1, size);
  for (const module of modules) {
    const { number } = module;
    const share = (replay?.calls ?? []).filter(({ key }) => (placeOfCall(key)?.module ?? 0) > number);
    const sum = outputSizeOf(module) * growth + Buffer.byteLength(JSON.stringify(share));
    if (share.length > 0 && sum > limits.body) throw tooLong(number + 1, Math.round(sum));
  }
}

function tooLong(module: number, size: number): CommandError {
  const what = `Module ${module} would get about ${size} bytes, and takes ${limits.body}`;
  return new CommandError(
    exitCodes.usage,
    `The recorded run is too long to be replayed from there: ${what}.`,
    'Name a step further on with --from; or post the output of the module before it again.',
  );
}
