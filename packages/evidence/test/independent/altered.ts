import type { Attributes, RecordedEvent, RecordedSpan, Trace } from '../../src/index.ts';

/** Steps of this name, in the order in which they began; of an item, an attempt or a criterion where that is named. */
export function stepsNamed(trace: Trace, name: string, about: Attributes = {}): RecordedSpan[] {
  return trace.spans.filter(
    (span) =>
      span.name === name && Object.entries(about).every(([key, value]) => span.attributes[key] === value),
  );
}

/** Calls of models, the steps' own before repairs. */
export function callsIn(trace: Trace): RecordedSpan[] {
  return trace.spans.filter(({ attributes }) => attributes['agento.step'] === 'model.call');
}

export function callOf(trace: Trace, step: RecordedSpan): RecordedSpan | undefined {
  return callsIn(trace).find(({ parent_span_id }) => parent_span_id === step.span_id);
}

export function verdictsOn(span: RecordedSpan): RecordedEvent[] {
  return span.events.filter(({ name }) => name === 'gen_ai.evaluation.result');
}

export function scoreOf({ attributes }: RecordedEvent): number {
  return Number(attributes['gen_ai.evaluation.score.value']);
}

/** What a judge says, wherever its span repeats it. */
export function judge(
  span: RecordedSpan,
  verdict: RecordedEvent,
  { score, pass, status }: { score: number; pass: boolean; status?: string },
): void {
  const label = pass ? 'pass' : 'fail';
  Object.assign(verdict.attributes, {
    'gen_ai.evaluation.score.value': score,
    'gen_ai.evaluation.score.label': label,
  });
  if (status !== undefined) verdict.attributes['agento.criterion.status'] = status;
  if (span.name !== 'expansion_evaluation') return;
  Object.assign(span.attributes, {
    'gen_ai.evaluation.score.value': score,
    'gen_ai.evaluation.score.label': label,
    'agento.verdict.score': score,
    'agento.verdict.pass': pass,
  });
}

export const scale = { fully_met: 1, partially_met: 0.5, not_met: 0 } as const;
export type Status = keyof typeof scale;

export function judgeBy(span: RecordedSpan, verdict: RecordedEvent, status: Status): void {
  judge(span, verdict, { score: scale[status], pass: status === 'fully_met', status });
}

export function verdictBy(span: RecordedSpan, criterion: unknown): RecordedEvent | undefined {
  return verdictsOn(span).find(({ attributes }) => attributes['agento.criterion.id'] === criterion);
}

/** Changes what a step's capture says came out; false where that is compressed. */
export function changeOutputs(span: RecordedSpan, change: (outputs: never) => unknown): boolean {
  const capture = span.events.find(({ name }) => name === `capture.${span.name}`);
  if (!capture) return false;
  const key = capture.attributes.outputs_payload_key as string | undefined;
  const holder =
    key === undefined
      ? { attributes: capture.attributes, key: 'outputs' }
      : span.events.flatMap(({ name, attributes }) =>
          name === 'ai.payload.large' && key in attributes ? [{ attributes, key }] : [],
        )[0];
  if (!holder) return false;
  const before = JSON.parse(String(holder.attributes[holder.key])) as never;
  holder.attributes[holder.key] = JSON.stringify(change(before));
  return true;
}

export interface Candidate {
  id: string;
  label: string;
  scores: Record<string, number>;
}

export function candidatesOf(span: RecordedSpan): Candidate[] {
  return JSON.parse(String(span.attributes['agento.decision.candidates'])) as Candidate[];
}

/** A decision as it would stand there had it been made between these candidates, for these. */
export function decide(
  span: RecordedSpan,
  { candidates, chosen, by = 'total' }: { candidates?: Candidate[]; chosen?: string[]; by?: string },
): void {
  const all = candidates ?? candidatesOf(span);
  const taken = chosen ?? (span.attributes['agento.decision.chosen'] as string[]);
  const totals = (wanted: boolean) =>
    all.filter(({ id }) => taken.includes(id) === wanted).map(({ scores }) => scores[by] ?? 0);
  const [kept, left] = [totals(true), totals(false)];
  const rejected = all.filter(({ id }) => !taken.includes(id));
  const fields: Attributes = {
    candidates: JSON.stringify(all),
    chosen: taken,
    rejected: JSON.stringify(rejected.map(({ id }) => ({ id, reason: 'not so good' }))),
  };
  if (kept.length > 0 && left.length > 0)
    fields.margin = Number((Math.min(...kept) - Math.max(...left)).toFixed(3));
  const event = span.events.find(({ name }) => name === 'agento.decision');
  for (const [field, value] of Object.entries(fields)) {
    span.attributes[`agento.decision.${field}`] = value;
    if (event) event.attributes[field] = value;
  }
}

/** The mean of the scores as a total, in three places. */
export function withTotal({ total: _, ...scores }: Record<string, number>): Record<string, number> {
  const values = Object.values(scores);
  return {
    ...scores,
    total: Number((values.reduce((sum, one) => sum + one, 0) / values.length).toFixed(3)),
  };
}

/** A second span that did the same, one second later. */
export function again(trace: Trace, span: RecordedSpan, id: string): RecordedSpan {
  const copy = structuredClone(span);
  copy.span_id = id;
  copy.start += 1_000_000_000n;
  copy.end += 1_000_000_000n;
  trace.spans.push(copy);
  return copy;
}

export function lastFor(span: RecordedSpan, milliseconds: number): void {
  span.end = span.start + BigInt(milliseconds) * 1_000_000n;
}

export function failWith(span: RecordedSpan, type: string): void {
  span.status = { code: 'ERROR', message: type };
  span.attributes['error.type'] = type;
}
