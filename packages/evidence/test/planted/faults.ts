import { readRuns, type Trace } from '../../src/index.ts';
import { type Fault, label, oneOf, spansOf, swap, verdictName } from './fault.ts';
import { foresightFaults } from './foresight-faults.ts';
import { furtherFaults } from './further-faults.ts';

/** Feedback that a judge gives on the attempt before, changed in one span. */
function withFeedback(traces: Trace[], random: () => number, change: Record<string, string>) {
  const given = spansOf(traces, 'revision_evaluation').flatMap((span) =>
    span.events.filter(({ name }) => name === 'agento.feedback').map((event) => ({ span, event })),
  );
  const place = oneOf(given, random);
  if (place) Object.assign(place.event.attributes, change);
  return place;
}

export const faults: Fault[] = [
  {
    name: 'a label swapped against its score',
    rule: 'verdict.against_score',
    also: ['judges.disagree', 'criterion.failed_later', 'judge.contradicts_itself'],
    plant: (traces, random) => {
      const span = oneOf(
        ['plan_evaluation', 'expansion_evaluation', 'quality_check'].flatMap((name) => spansOf(traces, name)),
        random,
      );
      const event = oneOf(span?.events.filter(({ name }) => name === verdictName) ?? [], random);
      if (!span || !event) return null;
      event.attributes[label] = event.attributes[label] === 'pass' ? 'fail' : 'pass';
      return new Set([span.span_id]);
    },
  },
  {
    name: 'a verdict on an item swapped, where a second judge read the same text',
    rule: 'judges.disagree',
    also: [
      'criterion.failed_later',
      'decision.other_scores',
      'impact.mispredicted',
      'revision.worsened',
      // Where another run asked that judge the very same.
      'judge.contradicts_itself',
    ],
    plant: (traces, random) => {
      const span = oneOf(spansOf(traces, 'revision_baseline'), random);
      const event = oneOf(span?.events.filter(({ name }) => name === verdictName) ?? [], random);
      if (!span || !event) return null;
      swap(event, event.attributes[label] !== 'pass');
      return new Set([span.span_id]);
    },
  },
  {
    name: 'a verdict on a plan changed after it was counted',
    rule: 'decision.other_scores',
    plant: (traces, random) => {
      const span = oneOf(spansOf(traces, 'plan_evaluation'), random);
      const event = oneOf(span?.events.filter(({ name }) => name === verdictName) ?? [], random);
      if (!span || !event) return null;
      swap(event, event.attributes[label] !== 'pass');
      return new Set([span.span_id]);
    },
  },
  {
    name: 'the worst plan chosen',
    rule: 'decision.against_scores',
    also: ['decision.close'],
    plant: (traces, random) => {
      const span = oneOf(spansOf(traces, 'plan_selection'), random);
      const listed = JSON.parse(String(span?.attributes['agento.decision.candidates'] ?? '[]')) as {
        id: string;
        scores: { total: number };
      }[];
      const [worst] = listed.toSorted((one, other) => one.scores.total - other.scores.total);
      if (!span || !worst || listed.every(({ scores }) => scores.total === worst.scores.total)) return null;
      span.attributes['agento.decision.chosen'] = [worst.id];
      return new Set([span.span_id]);
    },
  },
  {
    name: 'feedback ignored',
    rule: 'feedback.ignored',
    plant: (traces, random) => {
      const place = withFeedback(traces, random, { status: 'ignored', evidence: '' });
      if (!place) return null;
      const told = traces.flatMap(readRuns).flatMap(({ suggestions }) => suggestions);
      const one = told.find(
        ({ id, judged_by }) =>
          id === place.event.attributes.suggestion_id && judged_by === place.span.span_id,
      );
      return one?.told ? new Set([one.told]) : null;
    },
  },
  {
    name: 'feedback claimed by a passage that is not there',
    rule: 'feedback.unproven',
    plant: (traces, random) => {
      const evidence = 'Every euro of it is booked by a named treasurer on the same day.';
      const place = withFeedback(traces, random, { status: 'addressed', evidence });
      return place ? new Set([place.span.span_id]) : null;
    },
  },
  {
    name: 'a revision that worsens a criterion it did not target',
    rule: 'revision.worsened',
    also: ['impact.mispredicted', 'decision.other_scores', 'criterion.failed_later'],
    plant: (traces, random) => {
      const readings = traces.flatMap(readRuns);
      const places = readings.flatMap((reading) =>
        reading.requests.flatMap(({ item_id, targeted_criteria }) => {
          const before = reading.verdicts.filter(
            (verdict) => verdict.item_id === item_id && verdict.attempt === 0 && verdict.pass,
          );
          return reading.verdicts
            .filter(
              (verdict) =>
                verdict.kind === 'revision_criterion' &&
                verdict.item_id === item_id &&
                verdict.attempt === 1 &&
                verdict.pass === true &&
                !targeted_criteria.includes(verdict.criterion_id ?? '') &&
                before.some(({ criterion_id }) => criterion_id === verdict.criterion_id),
            )
            .map((verdict) => ({
              verdict,
              writer: reading.items
                .find(({ id }) => id === item_id)
                ?.texts.find(({ attempt }) => attempt === 1)?.span_id,
            }));
        }),
      );
      const place = oneOf(places, random);
      const event = traces
        .flatMap(({ spans }) => spans)
        .find(({ span_id }) => span_id === place?.verdict.span_id)
        ?.events.find(
          ({ name, attributes }) =>
            name === verdictName && attributes['agento.criterion.id'] === place?.verdict.criterion_id,
        );
      if (!place?.writer || !event) return null;
      swap(event, false);
      return new Set([place.writer]);
    },
  },
  {
    name: 'a guardrail that fired',
    rule: 'guardrail.fired',
    plant: (traces, random) => {
      const span = oneOf(spansOf(traces, 'validation'), random);
      if (!span) return null;
      span.attributes['guardrail.passed'] = false;
      return new Set([span.span_id]);
    },
  },
  {
    name: 'spans lost',
    rule: 'evidence.incomplete',
    // What is lost takes verdicts, texts and attempts with it, and others then stand last.
    also: ['impact.mispredicted', 'criterion.failed_later', 'feedback.unproven', 'revision.worsened'],
    plant: (traces, random) => {
      const trace = oneOf(traces, random);
      const leaf = oneOf(
        trace?.spans.filter(
          ({ span_id }) => !trace.spans.some((other) => other.parent_span_id === span_id),
        ) ?? [],
        random,
      );
      if (!trace || !leaf) return null;
      trace.spans = trace.spans.filter((span) => span !== leaf);
      return new Set(['']);
    },
  },
  {
    name: 'a prompt malformed: answers of one version asked for again',
    rule: 'prompt.behind_failures',
    also: ['answer.unusable'],
    plant: (traces, random) => {
      const agent = oneOf(['ItemExpander', 'ItemEvaluator', 'PlanEvaluator'], random);
      const own = traces
        .flatMap(({ spans }) => spans)
        .filter(
          ({ attributes }) => attributes['agent.name'] === agent && 'agento.prompt.version' in attributes,
        );
      const steps = own.filter(() => random() < 0.6);
      for (const step of steps) step.attributes['agento.repaired'] = true;
      return steps.length > 0 ? new Set(steps.map(({ span_id }) => span_id)) : null;
    },
  },
  {
    name: 'a judge made lenient',
    rule: 'judge.lenient',
    also: ['judges.disagree', 'criterion.failed_later', 'judge.no_spread', 'judge.contradicts_itself'],
    plant: (traces) => {
      const steps = spansOf(traces, 'expansion_evaluation');
      for (const { events } of steps) {
        for (const event of events.filter(({ name }) => name === verdictName)) swap(event, true);
      }
      return new Set(steps.map(({ span_id }) => span_id));
    },
  },
  {
    name: 'a judge that contradicts itself on the very same prompt',
    rule: 'judge.contradicts_itself',
    also: ['judges.disagree', 'criterion.failed_later'],
    plant: (traces, random) => {
      const trace = oneOf(traces, random);
      if (!trace) return null;
      const again = structuredClone(trace);
      again.trace_id = `${again.trace_id.slice(0, 31)}x`;
      for (const span of again.spans) span.span_id = `b${span.span_id.slice(1)}`;
      for (const span of again.spans)
        if (span.parent_span_id !== '') span.parent_span_id = `b${span.parent_span_id.slice(1)}`;
      for (const span of again.spans)
        for (const link of span.links) link.span_id = `b${link.span_id.slice(1)}`;
      const step = oneOf(
        again.spans.filter(({ name }) => name === 'expansion_evaluation'),
        random,
      );
      const event = step?.events.find(({ name }) => name === verdictName);
      if (!step || !event) return null;
      swap(event, event.attributes[label] !== 'pass');
      traces.push(again);
      return new Set([step.span_id]);
    },
  },
  {
    name: 'one answer asked for again',
    rule: 'answer.unusable',
    plant: (traces, random) => {
      const step = oneOf(spansOf(traces, 'item_generation'), random);
      if (!step) return null;
      step.attributes['agento.repaired'] = true;
      return new Set([step.span_id]);
    },
  },
  {
    name: 'a call that waited for its slot',
    rule: 'call.queued',
    plant: (traces, random) => {
      const calls = traces
        .flatMap(({ spans }) => spans)
        .filter(({ attributes }) => attributes['gen_ai.operation.name'] === 'chat');
      const call = oneOf(calls, random);
      if (!call) return null;
      call.attributes['agento.llm.queue_ms'] = 60_000;
      return new Set([call.parent_span_id]);
    },
  },
  ...furtherFaults,
  ...foresightFaults,
];
