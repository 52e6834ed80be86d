import { executionOf, millisecondsOf, moduleOf, numberOf, type RecordedSpan, textOf } from '../model.ts';
import { hasContent } from '../run.ts';
import { type About, aboutOf } from './about.ts';
import { type Ending, endingOf, type Failure, failureOf } from './failure.ts';
import { textIn } from './loose.ts';
import { inputIn, type Message, promptOf } from './messages.ts';
import { jsonIn, type Recorded, recordedField, recordedOf } from './recorded.ts';

/** A step of a module: what one agent, or code, did. */
export interface Step {
  span_id: string;
  /** The span it is below; empty for a root. */
  parent: string;
  name: string;
  module: number;
  agent: string;
  about: About;
  /** The attempt at the run in which it was made. */
  run_attempt: number;
  execution: number;
  /** False if a later execution made it again: it has no part in the result. */
  counts: boolean;
  /** Milliseconds since 1970. */
  started_ms: number;
  duration_ms: number;
  /** How much of that its run waited for: its part of the critical path, with that of its calls, not of steps below it. */
  critical_ms: number;
  ending: Ending;
  error: Failure | null;
  /** The model declined to answer, or its provider withheld the answer. */
  is_refused: boolean;
  /** Its first answer could not be used, and was asked for again. */
  is_repaired: boolean;
  /** Null for a step that asks no model. */
  model: string | null;
  prompt_version: string | null;
  prompt_sha256: string | null;
  /** The messages of its first call, as sent. */
  prompt: Recorded<Message[]>;
  /** The data in that prompt, as JSON; null if unknown. */
  input: unknown;
  /** The last answer, as received. */
  answer: Recorded;
  /** The reasons that stand in the answer; what the model thought before it is with its calls. */
  reasoning: string | null;
  /** What went in, by id, and what came out, as JSON; null if not recorded. */
  inputs: unknown;
  outputs: unknown;
  /** Spans of its model calls, in order; the tools' own are among them. */
  calls: string[];
  has_content: boolean;
  /** How many secrets were removed from its span. */
  redactions: number;
}

export function stepOf(
  span: RecordedSpan,
  placed: { run_attempt: number; counts: boolean; calls: string[]; critical_ms: number },
): Step {
  const { attributes } = span;
  const capture = (field: string) => jsonIn(recordedField(span, `capture.${span.name}`, field)) ?? null;
  const prompt = promptOf(span);
  const error = failureOf(span);
  const [inputs, outputs] = [capture('inputs'), capture('outputs')];
  return {
    span_id: span.span_id,
    parent: span.parent_span_id,
    name: span.name,
    module: moduleOf(span) ?? 0,
    agent: textOf(attributes, 'agent.name'),
    about: aboutOf(attributes),
    execution: executionOf(span),
    ...placed,
    started_ms: Number(span.start) / 1e6,
    duration_ms: millisecondsOf(span),
    ending: endingOf(span),
    error,
    is_refused: error?.type === 'model_refused',
    is_repaired: attributes['agento.repaired'] === true,
    model: textOf(attributes, 'agent.model') || null,
    prompt_version: textOf(attributes, 'agento.prompt.version') || null,
    prompt_sha256: textOf(attributes, 'agento.prompt.sha256') || null,
    prompt,
    input: inputIn(prompt.value),
    answer: recordedOf(span, 'ai.response'),
    reasoning: reasoningIn(outputs),
    inputs,
    outputs,
    has_content: hasContent(span),
    redactions: numberOf(attributes, 'agento.redactions') ?? 0,
  };
}

/** Agents argue under one of these names; a judgement of an attempt stands one level deeper. */
function reasoningIn(outputs: unknown): string | null {
  const places = [outputs, (outputs as { evaluation?: unknown } | null)?.evaluation];
  const names = ['reasoning', 'reason', 'summary'];
  for (const place of places) {
    for (const name of names) {
      const text = textIn(place, name);
      if (text) return text;
    }
  }
  return null;
}
