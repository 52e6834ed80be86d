import { createHash } from 'node:crypto';
import { type AgentUsage, printable, type StepChange, usageText } from '@agento/contracts';
import type { RecordedCall, RecordedRun, ReplayPlan } from '@agento/evidence';
import type { Style } from '../terminal.ts';

/** What a call would cost with another model: US dollars, null if unknown. */
export type PriceOf = (tokens: { input: number; output: number }) => number | null;

/** What a replay will ask, and what that cost when it was recorded; a line each. */
export function previewOf(
  run: RecordedRun,
  plan: ReplayPlan,
  change: StepChange | undefined,
  style: Style,
  priceOf: PriceOf | null,
): string {
  const after = plan.after.filter(({ call }) => call !== null).map(({ recorded }) => recorded);
  const unknown = plan.after.filter(({ call }) => call === null).map(({ recorded }) => recorded);
  const rows: [string, string][] = [
    ['Asked anew', `${printable(keysOf(plan.asked))}: ${usageOf(plan.asked, priceOf)}`],
    ...(change ? ([['Changed', printable(changes(change))]] satisfies [string, string][]) : []),
    ['Not asked', `${calls(plan.given.length)} that did not depend on it`],
  ];
  if (plan.unanswered.length > 0) {
    rows.push([
      'Asked anew',
      `${calls(plan.unanswered.length)} that nobody had answered: ${printable(keysOf(plan.unanswered))}`,
    ]);
  }
  if (after.length > 0) {
    rows.push([
      'After it',
      `asked anew where the request changes, of ${usageOf(after, null)}, and what else comes of it`,
    ]);
  }
  if (unknown.length > 0) {
    const why = 'since the trace does not have them whole';
    rows.push(['After it', `asked anew, ${why}: ${usageOf(unknown, null)}`]);
  }
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, text]) => `  ${style.dim(name.padEnd(width))}  ${text}`);
  const which = run.attempts.length > 1 ? `, attempt ${run.attempt} of ${run.attempts.join(', ')}` : '';
  const head = `Replay of run ${style.bold(printable(run.run_id))}${which}. Figures are those of the recorded calls.`;
  return `${[head, ...lines].join('\n')}\n\n`;
}

const calls = (count: number) => (count === 1 ? '1 call' : `${count} calls`);

/** Most keys that are named. */
const mostKeys = 3;

function keysOf(calls: RecordedCall[]): string {
  const keys = [...new Set(calls.map(({ place }) => place.first))];
  const more = keys.length - mostKeys;
  return `${keys.slice(0, mostKeys).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function changes({ prompt, ...rest }: StepChange): string {
  const text = prompt === undefined ? [] : [`prompt ${createHash('sha256').update(prompt).digest('hex')}`];
  return [...text, ...Object.entries(rest).map(([name, value]) => `${name} ${value}`)].join(', ');
}

function usageOf(recorded: RecordedCall[], priceOf: PriceOf | null): string {
  return usageText(recorded.map((call) => usage(call, priceOf)));
}

function usage(
  { place: { module, agent }, spent: { model, provider, input, output, usd } }: RecordedCall,
  priceOf: PriceOf | null,
): AgentUsage {
  const tokens = { input: input ?? 0, output: output ?? 0 };
  return {
    module,
    agent_name: agent,
    model,
    provider,
    calls: 1,
    input_tokens: tokens.input,
    output_tokens: tokens.output,
    ...((input === null || output === null) && { calls_without_usage: 1 }),
    cost_usd: priceOf ? priceOf(tokens) : usd,
  };
}
