import { readRuns, type Trace } from '../../src/index.ts';
import { withoutContent } from '../golden/content-off.ts';
import { type Fault, oneOf, score, spansOf, swap, verdictName } from './fault.ts';

function callOf(traces: Trace[], random: () => number) {
  const spans = traces.flatMap((trace) => trace.spans);
  return oneOf(
    spans.filter(({ attributes }) => attributes['gen_ai.operation.name'] === 'chat'),
    random,
  );
}

const later = new Set(['item_criterion', 'revision_criterion', 'plan_criterion']);

/** Criteria that were picked, and that most of at least four later verdicts passed. */
function goodCriteria(traces: Trace[]) {
  return traces.flatMap((trace) =>
    readRuns(trace).flatMap(({ criteria, verdicts }) =>
      criteria.flatMap(({ id, is_selected, selected_by }) => {
        const own = verdicts.filter(
          ({ kind, criterion_id, pass }) => criterion_id === id && later.has(kind) && pass !== null,
        );
        const failed = own.filter(({ pass }) => pass === false).length;
        if (!is_selected || selected_by === null || own.length < 4 || failed * 2 > own.length) return [];
        return { trace, id, selected_by, judged_by: new Set(own.map(({ span_id }) => span_id)) };
      }),
    ),
  );
}

/** Of numbers and of whole runs: times, tokens, margins, scores, content. */
export const furtherFaults: Fault[] = [
  {
    name: 'a criterion that all later verdicts fail',
    rule: 'criterion.failed_later',
    also: ['judges.disagree', 'judge.contradicts_itself', 'revision.worsened', 'impact.mispredicted'].concat(
      'decision.other_scores',
    ),
    plant: (traces, random) => {
      const place = oneOf(goodCriteria(traces), random);
      if (!place) return null;
      for (const { span_id, events } of place.trace.spans) {
        if (!place.judged_by.has(span_id)) continue;
        for (const event of events) {
          if (event.name === verdictName && event.attributes['agento.criterion.id'] === place.id)
            swap(event, false);
        }
      }
      return new Set([place.selected_by]);
    },
  },
  {
    name: 'a judge of plans that always gives the same score',
    rule: 'judge.no_spread',
    also: [
      'verdict.against_score',
      'decision.other_scores',
      'decision.against_scores',
      'rating.uncalibrated',
    ],
    plant: (traces) => {
      const steps = spansOf(traces, 'plan_evaluation');
      const verdicts = steps.flatMap(({ events }) => events.filter(({ name }) => name === verdictName));
      for (const { attributes } of verdicts) attributes[score] = 0.7;
      return new Set(steps.map(({ span_id }) => span_id));
    },
  },
  {
    name: 'the first plan chosen, whatever its scores',
    rule: 'judge.favours',
    also: ['decision.against_scores'],
    plant: (traces) => {
      const originals = [...traces];
      // The rule needs ten choices.
      for (let copy = 0; originals.length > 1 && traces.length < 10; copy += 1) {
        for (const trace of structuredClone(originals))
          traces.push({ ...trace, trace_id: `${trace.trace_id.slice(0, 30)}${copy}x` });
      }
      const choices = spansOf(traces, 'plan_selection');
      for (const { attributes } of choices) {
        const listed = JSON.parse(String(attributes['agento.decision.candidates'] ?? '[]')) as {
          id: string;
        }[];
        attributes['agento.decision.chosen'] = listed.slice(0, 1).map(({ id }) => id);
      }
      return choices.length < 10 ? null : new Set(choices.map(({ span_id }) => span_id));
    },
  },
  {
    name: 'a close choice of a plan',
    rule: 'decision.close',
    plant: (traces, random) => {
      const clear = spansOf(traces, 'plan_selection').filter(
        ({ attributes }) => Number(attributes['agento.decision.margin']) > 0.02,
      );
      const span = oneOf(clear, random);
      if (!span) return null;
      span.attributes['agento.decision.margin'] = 0.005;
      return new Set([span.span_id]);
    },
  },
  {
    name: 'a call of ten minutes',
    rule: 'call.slow',
    plant: (traces, random) => {
      const call = callOf(traces, random);
      if (!call) return null;
      call.end = call.start + 600_000_000_000n;
      return new Set([call.parent_span_id]);
    },
  },
  {
    name: 'a call of ten million tokens',
    rule: 'call.dear',
    plant: (traces, random) => {
      const call = callOf(traces, random);
      if (!call) return null;
      call.attributes['gen_ai.usage.input_tokens'] = 10_000_000;
      return new Set([call.parent_span_id]);
    },
  },
  {
    name: 'a run recorded without content',
    rule: 'evidence.content_off',
    plant: (traces, random) => {
      const trace = oneOf(traces, random);
      if (!trace) return null;
      traces[traces.indexOf(trace)] = withoutContent(trace);
      return new Set(['']);
    },
  },
];
