import { type RecordedSpan, textOf, textsOf } from '../model.ts';
import { listIn, textIn, textsIn } from './loose.ts';
import type { Step } from './step.ts';

/** What the run looked up, or knew, before it planned. */
export interface Search {
  span_id: string;
  summary: string | null;
  /** `url` is null for the model's own knowledge. */
  sources: { title: string | null; url: string | null; note: string | null }[];
}

/** What the quality check says of the finished plan, beside its verdicts and its decision. */
export interface QualityReport {
  span_id: string;
  summary: string | null;
  strengths: string[];
  open_issues: string[];
}

/** A check that code made: of what a module handed on, or of a step's answer. */
export interface Guardrail {
  span_id: string;
  /** The span of the step whose answer it judged; null for what a module handed on. */
  step: string | null;
  module: number;
  name: string;
  passed: boolean | null;
  /** `warn`, `repair` or `block`, and `passed`, `noted`, `repair` or `blocked`; null for what a module handed on. */
  action: string | null;
  outcome: string | null;
  /** Empty while content is off, too. */
  problems: string[];
}

export function searchOf(steps: Step[]): Search | null {
  const step = steps.find(({ name }) => name === 'search_agent');
  if (!step) return null;
  return {
    span_id: step.span_id,
    summary: textIn(step.outputs, 'summary'),
    sources: listIn(step.outputs, 'sources').map((source) => ({
      title: textIn(source, 'title'),
      url: textIn(source, 'url'),
      note: textIn(source, 'note'),
    })),
  };
}

export function qualityOf(steps: Step[]): QualityReport | null {
  const step = steps.find(({ name }) => name === 'quality_check');
  if (!step) return null;
  return {
    span_id: step.span_id,
    summary: textIn(step.outputs, 'summary'),
    strengths: textsIn(step.outputs, 'strengths'),
    open_issues: textsIn(step.outputs, 'open_issues'),
  };
}

export function guardrailsOf(steps: Step[], spans: Map<string, RecordedSpan>): Guardrail[] {
  return steps.flatMap(({ span_id, module, parent }) => {
    const attributes = spans.get(span_id)?.attributes ?? {};
    const name = textOf(attributes, 'guardrail.name');
    if (name === '') return [];
    const action = textOf(attributes, 'guardrail.action') || null;
    const passed = attributes['guardrail.passed'];
    return {
      span_id,
      step: action === null ? null : parent,
      module,
      name,
      passed: typeof passed === 'boolean' ? passed : null,
      action,
      outcome: textOf(attributes, 'guardrail.outcome') || null,
      problems: textsOf(attributes, 'guardrail.problems'),
    };
  });
}
