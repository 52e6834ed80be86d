import { isWord, type Node, PatternError, type Place, parsePattern } from './parse.ts';

/** Searches a text; the index behind the first passage that fits, -1 if none does. */
export type Search = (text: string) => number;

/** Most steps of a pattern's program: the time of a search is at most this times the text's length. */
const mostSteps = 200;

type Step =
  | { is: 'one'; fits(code: number): boolean }
  | { is: 'place'; at: Place }
  | { is: 'fork'; to: number[] }
  | { is: 'found' };

/**
 * A search for the pattern whose time grows with the text's length alone: all ways to read the text are followed at
 * once, as Thompson showed, so that no pattern can hold a service up.
 *
 * @throws PatternError for a pattern that is not of the known kind, or too large
 */
export function compilePattern(pattern: string, { ignoreCase = true } = {}): Search {
  const steps: Step[] = [];
  write(parsePattern(pattern, ignoreCase), steps);
  add(steps, { is: 'found' });
  if (run(steps, '') >= 0)
    throw new PatternError('fits an empty text, too: it would find nothing in particular');
  return (text) => run(steps, text);
}

function add(steps: Step[], step: Step): number {
  if (steps.length >= mostSteps)
    throw new PatternError(`is too large: with its repetitions written out it has over ${mostSteps} steps`);
  return steps.push(step) - 1;
}

/** Writes the steps of a node behind the others; it ends by going on to what is written next. */
function write(node: Node, steps: Step[]): void {
  if (node.is === 'one' || node.is === 'place') add(steps, node);
  else if (node.is === 'sequence') for (const part of node.parts) write(part, steps);
  else if (node.is === 'either') writeEither(node.parts, steps);
  else writeRepeat(node, steps);
}

function writeEither(parts: Node[], steps: Step[]): void {
  const fork: number[] = [];
  const ends: number[][] = [];
  add(steps, { is: 'fork', to: fork });
  for (const part of parts) {
    fork.push(steps.length);
    write(part, steps);
    const end: number[] = [];
    add(steps, { is: 'fork', to: end });
    ends.push(end);
  }
  for (const end of ends) end.push(steps.length);
}

function writeRepeat({ part, least, most }: Extract<Node, { is: 'repeat' }>, steps: Step[]): void {
  for (let done = 0; done < least; done += 1) write(part, steps);
  if (most === Number.POSITIVE_INFINITY) {
    const fork: number[] = [];
    const start = add(steps, { is: 'fork', to: fork });
    fork.push(steps.length);
    write(part, steps);
    add(steps, { is: 'fork', to: [start] });
    fork.push(steps.length);
    return;
  }
  const forks: number[][] = [];
  for (let done = least; done < most; done += 1) {
    const fork = [steps.length + 1];
    add(steps, { is: 'fork', to: fork });
    forks.push(fork);
    write(part, steps);
  }
  for (const fork of forks) fork.push(steps.length);
}

function run(steps: Step[], text: string): number {
  /** At which index a step was reached last: it is followed once at each. */
  const reached = new Int32Array(steps.length).fill(-1);
  const waiting: number[] = [];
  let current: number[] = [];
  for (let at = 0; at <= text.length; at += 1) {
    const next: number[] = [];
    waiting.push(...current, 0);
    const code = at < text.length ? text.charCodeAt(at) : -1;
    while (waiting.length > 0) {
      const index = waiting.pop() as number;
      if (reached[index] === at) continue;
      reached[index] = at;
      const step = steps[index] as Step;
      if (step.is === 'found') return at;
      if (step.is === 'fork') waiting.push(...step.to);
      else if (step.is === 'place') {
        if (isAt(step.at, text, at)) waiting.push(index + 1);
      } else if (code >= 0 && step.fits(code)) next.push(index + 1);
    }
    current = next;
  }
  return -1;
}

function isAt(place: Place, text: string, at: number): boolean {
  if (place === 'start') return at === 0;
  if (place === 'end') return at === text.length;
  const inWord = (index: number) => index >= 0 && index < text.length && isWord(text.charCodeAt(index));
  return (inWord(at - 1) !== inWord(at)) === (place === 'border');
}
