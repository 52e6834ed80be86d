import { facts, heading, type Page, prose, section, title, verbatim } from '../page/page.ts';
import type { Call, Message, Recorded, RunReading, Step } from '../reading/index.ts';
import { decisionBlocks, linkBlocks, suggestionEntry, verdictBlocks } from './evidence-of.ts';
import { cost, criterionLabel, duration, itemLabel, stepLabel, time, words } from './labels.ts';

/** All that is known of a step. */
export function stepPage(step: Step, reading: RunReading): Page {
  const own = <T extends { span_id: string }>(list: T[]) =>
    list.filter(({ span_id }) => span_id === step.span_id);
  const calls = reading.calls.filter(({ step: of }) => of === step.span_id);
  const [decision] = own(reading.decisions);
  const answered = reading.suggestions.filter(({ judged_by }) => judged_by === step.span_id);
  const told = reading.suggestions.filter(({ told }) => told === step.span_id);
  return [
    title(stepLabel(step)),
    stepFacts(step, calls, reading),
    ...(decision ? decisionBlocks(decision, reading) : []),
    ...verdictBlocks(own(reading.verdicts), reading),
    ...section('Suggestions it was told', told.map(suggestionEntry)),
    ...section('Suggestions it made', own(reading.suggestions).map(suggestionEntry)),
    ...section('What became of earlier suggestions', answered.map(suggestionEntry)),
    ...guardrailBlocks(
      reading.guardrails.filter(({ span_id, step: of }) => [span_id, of].includes(step.span_id)),
    ),
    ...reasoningBlocks(step, reading),
    ...thinkingBlocks(calls),
    ...linkBlocks(step.span_id, reading),
    ...(step.model === null
      ? outputBlocks(step)
      : [...recordedBlock('Answer', step.answer, pretty), ...promptBlocks(step.prompt)]),
    ...calls.slice(1).flatMap((call, index) => furtherCall(call, index + 2)),
  ];
}

function stepFacts(step: Step, calls: Call[], reading: RunReading) {
  const sum = (pick: (call: Call) => number | null) =>
    calls.reduce((total, call) => total + (pick(call) ?? 0), 0);
  const costs = calls.map(({ cost_usd }) => cost_usd);
  const { about } = step;
  return facts(
    ['agent', words(step.agent, `module ${step.module}`)],
    ['item', itemLabel(reading, about.item_id)],
    ['criterion', criterionLabel(reading, about.criterion_id, 120)],
    ['plan', about.plan_id],
    ['attempt', about.attempt === null ? null : String(about.attempt)],
    ['span', step.span_id],
    ['when', words(time(step.started_ms), duration(step.duration_ms))],
    [
      'executions',
      step.counts ? null : `execution ${step.execution}, which was made again: it has no part in the result`,
    ],
    ['model', step.model],
    [
      'prompt',
      step.prompt_version && `version ${step.prompt_version}, ${step.prompt_sha256?.slice(0, 12) ?? ''}`,
    ],
    ['call key', calls[0]?.key],
    [
      'calls',
      calls.length === 0
        ? null
        : words(
            calls.length === 1 ? '1' : String(calls.length),
            `${sum((call) => call.input_tokens)} → ${sum((call) => call.output_tokens)} tokens`,
            cost(
              costs.reduce<number | null>(
                (total, one) => (total === null || one === null ? null : total + one),
                0,
              ),
            ),
          ),
    ],
    ['repaired', step.is_repaired ? 'yes: its first answer could not be used' : null],
    ['redacted', step.redactions > 0 ? `${step.redactions} secrets were removed` : null],
    ['error', step.error && `${step.error.type}: ${step.error.message}`],
  );
}

/** Its reasons, unless its decision or one of its verdicts has said them already. */
function reasoningBlocks({ span_id, reasoning }: Step, { decisions, verdicts }: RunReading): Page {
  const said = [
    ...decisions.filter((decision) => decision.span_id === span_id).map(({ reason }) => reason),
    ...verdicts.filter((verdict) => verdict.span_id === span_id).map(({ explanation }) => explanation),
  ];
  return reasoning && !said.includes(reasoning) ? [heading('Reasoning'), prose(reasoning)] : [];
}

function guardrailBlocks(guardrails: RunReading['guardrails']): Page {
  return section(
    guardrails.length > 1 ? 'Guardrails' : 'Guardrail',
    guardrails.map(({ name, passed, outcome, problems }) => ({
      head: `${name}  ${outcome ?? (passed ? 'passed' : 'found something')}`,
      body: problems.join('\n'),
      tone: passed ? ('good' as const) : ('bad' as const),
    })),
  );
}

function thinkingBlocks(calls: Call[]): Page {
  const thoughts = calls.flatMap(({ thinking }) => thinking ?? []);
  return thoughts.length > 0 ? [verbatim('What the model thought before', thoughts.join('\n\n'))] : [];
}

/** A step without a model: what code took and made. */
function outputBlocks(step: Step): Page {
  if (step.outputs === null) return [];
  return [verbatim('Made', JSON.stringify(step.outputs, null, 2))];
}

export function promptBlocks(prompt: Recorded<Message[]>): Page {
  if (prompt.value === null) return [heading('Prompt'), prose(whyNot(prompt.state))];
  return prompt.value.map(({ role, content }) => verbatim(`Prompt: ${role}`, readable(content)));
}

export function recordedBlock(
  name: string,
  { value, state }: Recorded,
  form: (text: string) => string,
): Page {
  if (value === null) return [heading(name), prose(whyNot(state))];
  return [verbatim(state === 'cut' ? `${name} (its beginning: the rest was shed)` : name, form(value))];
}

function furtherCall(call: Call, number: number): Page {
  const what = call.is_repair ? 'asks for a corrected answer' : 'goes on';
  const last = call.prompt.value?.at(-1);
  return [
    heading(`Call ${number}: ${what}`),
    facts(['span', call.span_id], ['call key', call.key]),
    ...(last ? [verbatim(`Prompt: its last message (${last.role})`, readable(last.content))] : []),
    ...recordedBlock('Answer', call.answer, pretty),
  ];
}

const reasons: Record<string, string> = {
  'content off':
    'Not recorded: content was switched off (OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT).',
  shed: 'Not here: the span was too large, and shed it.',
  'not recorded': 'Not recorded.',
};

function whyNot(state: string): string {
  return reasons[state] ?? state;
}

/** JSON indented, other text as it is. */
export function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** The data of a prompt stands in it as one line of JSON. */
function readable(content: string): string {
  const [, before, json, after] = /^(<input>\n)(.*)(\n<\/input>)$/s.exec(content) ?? [];
  return json === undefined ? content : `${before}${pretty(json)}${after}`;
}
