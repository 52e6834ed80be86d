import type { RunReading } from '../../reading/index.ts';
import { placeOf, type RunRule, textsOf } from '../rule.ts';

/** The verdict on an attempt at an item by a criterion. */
function verdictOn({ verdicts }: RunReading, item: string, attempt: number, criterion: string) {
  return verdicts.find(
    (verdict) =>
      verdict.item_id === item && verdict.attempt === attempt && verdict.criterion_id === criterion,
  );
}

export const revisionWorsened: RunRule = {
  id: 'revision.worsened',
  severity: 'warning',
  question: 'Which revisions worsened a criterion that they did not target?',
  find: (reading) =>
    reading.requests.flatMap(({ item_id, targeted_criteria, text }) => {
      // Without content nobody knows what was targeted.
      if (targeted_criteria.length === 0) return [];
      const written = reading.items.find(({ id }) => id === item_id)?.texts ?? [];
      return written
        .filter(({ attempt }) => attempt > 0)
        .flatMap(({ id, attempt, span_id }) =>
          reading.criteria.flatMap((criterion) => {
            if (targeted_criteria.includes(criterion.id)) return [];
            const before = verdictOn(reading, item_id, attempt - 1, criterion.id);
            const after = verdictOn(reading, item_id, attempt, criterion.id);
            if (before?.score == null || after?.score == null || after.score >= before.score) return [];
            return {
              ...placeOf(reading, span_id),
              message: `${id} lowered ${criterion.id} from ${before.score} to ${after.score}; it was to change ${targeted_criteria.join(', ')}.`,
              texts: textsOf({
                request: text,
                criterion: criterion.text,
                before: before.explanation,
                after: after.explanation,
              }),
              measure: { name: 'score lost', value: before.score - after.score },
            };
          }),
        );
    }),
};

export const impactMispredicted: RunRule = {
  id: 'impact.mispredicted',
  severity: 'note',
  question: 'Where did a revision have another effect than was predicted when it was approved?',
  find: (reading) =>
    reading.requests.flatMap(({ item_id, approval, review }) =>
      // Nothing was predicted of what a person put in its place.
      (approval?.approved && review?.decision !== 'reword' ? approval.impacts : []).flatMap(
        ({ criterion_id, impact, note }) => {
          const before = verdictOn(reading, item_id, 0, criterion_id);
          const attempts = reading.items.find(({ id }) => id === item_id)?.texts ?? [];
          const kept = attempts.find(({ is_final }) => is_final)?.attempt;
          // The attempt that is kept; where none is, the last.
          const last = kept || Math.max(0, ...attempts.map(({ attempt }) => attempt));
          const after = last > 0 ? verdictOn(reading, item_id, last, criterion_id) : undefined;
          if (!approval || before?.score == null || after?.score == null) return [];
          const change = after.score - before.score;
          const came = change > 0 ? 'improve' : change < 0 ? 'worsen' : 'no_change';
          // What is met in full already cannot improve, nor what is not met at all worsen: it stays.
          const hadRoom = impact === 'improve' ? before.score < 1 : impact !== 'worsen' || before.score > 0;
          if (came === impact || (came === 'no_change' && !hadRoom)) return [];
          return {
            ...placeOf(reading, approval.span_id),
            message: `${item_id}: for ${criterion_id} ${impact} was predicted, and ${came} came (${before.score} to ${after.score}).`,
            texts: textsOf({ prediction: note, before: before.explanation, after: after.explanation }),
            measure: { name: 'change', value: change },
          };
        },
      ),
    ),
};
