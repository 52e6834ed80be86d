import type { Finding, RunReading, Step } from '@agento/evidence';
import { answering, type CritiqueInput, placesIn } from '@agento/guardrails';

/** Findings with what the runs hold about them, as the critic is shown it. */
export interface Evidence {
  input: CritiqueInput;
  /** By the ids of the input: `f1`, … */
  findings: Map<string, Finding>;
  /** The spans that were read. */
  spans: { trace_id: string; span_id: string }[];
  /** Findings beyond the most that are shown at once, and those whose span is in none of the runs. */
  left_out: number;
  astray: number;
}

/** Most findings shown, and most characters of each text, and of an answer. */
const most = { findings: 50, texts: 6, text: 600, answer: 2_000 };

/** A source of runs, read from the beginning each time it is iterated, and none of them kept. */
export type Readings = AsyncIterable<RunReading> | Iterable<RunReading>;

/** Where a finding is: its run's trace, and its step where that asks a model. */
interface Place {
  trace_id: string;
  step: Step | null;
}

/** Finds the steps that findings are about, and what guardrails could name in their answers. Reads until all are found. */
export async function evidenceOf(findings: Finding[], readings: Readings): Promise<Evidence> {
  const places = await placesOf(findings.slice(0, most.findings), readings);
  const shown = findings
    .slice(0, most.findings)
    .map((finding, index) => ({ id: `f${index + 1}`, finding, found: places.get(finding) }));
  const names = [...new Set(shown.flatMap(({ found }) => found?.step?.name ?? []))];
  return {
    input: {
      steps: names.flatMap(stepView),
      findings: shown.map(({ id, finding, found }) => ({
        id,
        rule: finding.rule,
        severity: finding.severity,
        question: finding.question,
        step: found?.step && names.includes(found.step.name) ? found.step.name : null,
        message: cut(finding.message, most.text),
        texts: finding.texts.slice(0, most.texts).map(({ name, text }) => `${name}: ${cut(text, most.text)}`),
        measure: finding.measure,
        answer: found?.step?.answer.value ? cut(found.step.answer.value, most.answer) : null,
      })),
    },
    findings: new Map(shown.map(({ id, finding }) => [id, finding])),
    spans: shown.flatMap(({ finding, found }) =>
      found && finding.span_id !== null ? [{ trace_id: found.trace_id, span_id: finding.span_id }] : [],
    ),
    left_out: findings.length - shown.length,
    astray: shown.filter(({ found }) => !found).length,
  };
}

async function placesOf(findings: Finding[], readings: Readings): Promise<Map<Finding, Place>> {
  const places = new Map<Finding, Place>();
  const left = new Set(findings);
  if (left.size === 0) return places;
  for await (const reading of readings) {
    for (const finding of left) {
      const place = placeIn(reading, finding);
      if (!place) continue;
      places.set(finding, place);
      left.delete(finding);
    }
    if (left.size === 0) break;
  }
  return places;
}

/** Where a run has a finding's span, or the call that it is; a finding without a span is about the run. */
function placeIn(
  { trace_id, run_id, steps, calls, modules }: RunReading,
  finding: Finding,
): Place | undefined {
  const { span_id } = finding;
  if (run_id !== finding.run_id) return undefined;
  if (span_id === null) return { trace_id, step: null };
  const call = calls.find((other) => other.span_id === span_id);
  const step = steps.find((other) => other.span_id === (call?.step ?? span_id));
  if (step) return { trace_id, step: step.model === null ? null : step };
  return modules.some((module) => module.span_id === span_id) ? { trace_id, step: null } : undefined;
}

function stepView(name: string): CritiqueInput['steps'] {
  const own = answering.filter(({ step }) => step.name === name);
  const [first] = own;
  if (!first) return [];
  return [
    {
      step: name,
      agents: [...new Set(own.flatMap(({ step }) => step.agents))],
      answer: placesIn(first.step.answer),
      input: placesIn(first.step.input),
    },
  ];
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}
