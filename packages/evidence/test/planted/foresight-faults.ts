import { type RecordedSpan, readRuns, type Trace } from '../../src/index.ts';
import { type Fault, oneOf, spansOf } from './fault.ts';

/** Changes what a step recorded as its result. */
function changeResult(span: RecordedSpan, change: (result: Record<string, unknown>) => void): void {
  const capture = span.events.find(({ name }) => name === `capture.${span.name}`);
  const result = JSON.parse(String(capture?.attributes.outputs ?? '{}')) as Record<string, unknown>;
  change(result);
  if (capture) capture.attributes.outputs = JSON.stringify(result);
}

/** Predictions of approved revisions, each with one that did not come true. */
function predictions(traces: Trace[]) {
  return traces.flatMap((trace) =>
    readRuns(trace).flatMap(({ requests, items, verdicts }) =>
      requests.flatMap(({ item_id, approval }) => {
        const attempts = items.find(({ id }) => id === item_id)?.texts.map(({ attempt }) => attempt) ?? [];
        const last = Math.max(0, ...attempts);
        if (!approval?.approved || last === 0) return [];
        return approval.impacts.flatMap(({ criterion_id, impact }) => {
          const [before, after] = [0, last].map(
            (attempt) =>
              verdicts.find(
                (one) =>
                  one.item_id === item_id && one.attempt === attempt && one.criterion_id === criterion_id,
              )?.score,
          );
          if (before == null || after == null) return [];
          const others = before < 1 ? 'improve' : 'worsen';
          const wrong = after === before ? others : 'no_change';
          return impact === wrong ? [] : [{ span_id: approval.span_id, criterion_id, wrong }];
        });
      }),
    ),
  );
}

/** Of what agents foresee: the effect of a revision, the worth of their own plan. */
export const foresightFaults: Fault[] = [
  {
    name: 'a prediction that does not come true',
    rule: 'impact.mispredicted',
    plant: (traces, random) => {
      const place = oneOf(predictions(traces), random);
      const span = spansOf(traces, 'revision_validation').find(({ span_id }) => span_id === place?.span_id);
      if (!place || !span) return null;
      changeResult(span, (result) => {
        for (const entry of result.impact_assessment as { criterion_id: string; impact: string }[])
          if (entry.criterion_id === place.criterion_id) entry.impact = place.wrong;
      });
      return new Set([place.span_id]);
    },
  },
  {
    name: 'plans rated the higher the worse they are',
    rule: 'rating.uncalibrated',
    plant: (traces) => {
      const plans = traces.flatMap(readRuns).flatMap((reading) => reading.plans);
      const steps = spansOf(traces, 'plan_generation');
      for (const span of steps) {
        const total = plans.find(({ span_id }) => span_id === span.span_id)?.total;
        if (total != null)
          changeResult(span, (result) => Object.assign(result, { rating: 10 - Math.round(total * 9) }));
      }
      return new Set(steps.map(({ span_id }) => span_id));
    },
  },
];
