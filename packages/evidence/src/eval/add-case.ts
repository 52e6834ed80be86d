import { isNode, isSeq, LineCounter, parseDocument, stringify } from 'yaml';
import { auditRules } from '../audit/index.ts';
import type { RunReading } from '../reading/index.ts';
import { textIn } from '../reading/loose.ts';
import { inputHash } from './baseline.ts';
import { checkedIn } from './checks.ts';
import { planText } from './metrics.ts';
import { readSuite } from './read-suite.ts';
import type { Case, Check, Suite } from './suite.ts';

/** A run that cannot be made a case of; the message says why. */
export class NoCaseError extends Error {
  override name = 'NoCaseError';
}

/**
 * The run as a case of a suite: its goal and context as recorded, and the checks that hold of it today. Throws a
 * NoCaseError where the trace does not hold them whole.
 */
export function caseOf(run: RunReading, id: string): Case {
  const { goal } = run;
  if (goal.value === null || goal.state !== 'whole') {
    throw new NoCaseError(`The trace does not hold the run’s goal whole (${goal.state}).`);
  }
  if (!run.has_content) {
    throw new NoCaseError('Content was off in the run: whether it had a context is not known.');
  }
  const asked = run.steps.filter(({ model }) => model !== null);
  if (asked.length === 0) {
    throw new NoCaseError('No step of the run asked a model: whether it had a context is not known.');
  }
  const unknown = asked.find(({ prompt }) => prompt.state !== 'whole');
  if (unknown) {
    throw new NoCaseError(
      `The trace does not hold every prompt whole (${unknown.name}, ${unknown.prompt.state}): the context may be longer than what is left of it.`,
    );
  }
  // A long context is shown whole only to some.
  const context = run.steps
    .map(({ input }) => textIn(input, 'context') ?? '')
    .reduce((longest, text) => (text.length > longest.length ? text : longest), '');
  for (const [name, text] of [
    ['goal', goal.value],
    ['context', context],
  ] as const) {
    if (text.includes('***REDACTED***')) {
      throw new NoCaseError(`A secret was removed from the run’s ${name}: write the case by hand.`);
    }
  }
  const last = Math.max(...run.modules.filter(({ counts }) => counts).map(({ number }) => number));
  return {
    id,
    goal: goal.value,
    ...(context !== '' && { context }),
    ...(run.outcome === 'stopped' && { options: { stop_after: last } }),
    checks: holdingChecks(run),
  };
}

/** Whether the run came to an end that a later one is to reach; else the case asks of that only to come to its end. */
const isEnded = ({ outcome }: RunReading) => ['published', 'held', 'stopped'].includes(outcome);

/** Checks of what a later run of the same goal is to reach, too. */
function holdingChecks(run: RunReading): Check[] {
  const limits = run.constraints.flatMap(({ quote }) => (quote === null ? [] : figuresIn(quote)));
  const checks: Check[] = [
    ...(isEnded(run) ? [{ outcome: [run.outcome] as NonNullable<Check['outcome']> }] : []),
    ...(run.score === null ? [] : [{ metric: 'score' as const, at_least: down(run.score) }]),
    { metric: 'constraints_broken', at_most: 0 },
    { metric: 'refusals', at_most: 0 },
    { metric: 'failed_steps', at_most: 0 },
    { metric: 'repairs', at_most: 0 },
    { metric: 'gaps', at_most: 0 },
    ...(planText(run) === null ? [] : [...new Set(limits)].map((must) => ({ must }))),
  ];
  const holds = (check: Check) => checkedIn(check, [run]).every((result) => result.holds);
  // What a note says is no fault, and of rules over many runs one run shows nothing.
  const rules = auditRules
    .filter((rule) => 'find' in rule && rule.severity !== 'note')
    .map(({ id }) => id)
    .filter((id) => holds({ audit: { rules: [id] } }));
  return [...checks.filter(holds), ...(rules.length > 0 ? [{ audit: { rules } }] : [])];
}

/** Amounts, dates and counts in a passage: what a plan that keeps to it names. */
function figuresIn(passage: string): string[] {
  return passage.match(/\d[\d.,:]*\d|\d/g) ?? [];
}

/** To two digits, and never above what was reached. */
function down(number: number): number {
  return Math.floor(number * 100 + 1e-9) / 100;
}

/** The id of a case that asks the same as this one; null if there is none. */
export function sameCase(suite: Suite, added: Case): string | null {
  const asked = inputHash(suite, added);
  return suite.goals.find((entry) => inputHash(suite, entry) === asked)?.id ?? null;
}

/** The text of the suite with the case added at its end, all else as it stands; a new suite for an empty text. */
export function withCase(text: string, suite: string, added: Case): string {
  if (text.trim() === '') return stringify({ suite, repeats: 1, goals: [added] }, { lineWidth: 0 });
  const changed = inserted(text, added);
  const read = readSuite(changed);
  const [wrong] = read.findings;
  if (wrong) throw new NoCaseError(`The suite cannot take it: line ${wrong.line}, ${wrong.detail}.`);
  return changed;
}

/** Behind the last goal, in the way the goals are written: each on lines of its own, or in brackets. */
function inserted(text: string, added: Case): string {
  const lines = new LineCounter();
  const goals = parseDocument(text, { lineCounter: lines }).get('goals');
  const last = isSeq(goals) ? goals.items.at(-1) : undefined;
  if (!isSeq(goals) || !isNode(last) || !goals.range || !last.range) {
    throw new NoCaseError('The suite has no list of goals to add it to.');
  }
  const [, end] = last.range;
  if (goals.flow) return `${text.slice(0, end)}, ${JSON.stringify(added)}${text.slice(end)}`;
  const indent = ' '.repeat(lines.linePos(goals.range[0]).col - 1);
  const block = stringify([added], { lineWidth: 0 }).replace(/^(?=.)/gm, indent);
  if (text[end - 1] === '\n') return text.slice(0, end) + block + text.slice(end);
  const newline = text.indexOf('\n', end);
  if (newline < 0) return `${text}\n${block}`;
  return text.slice(0, newline + 1) + block + text.slice(newline + 1);
}
