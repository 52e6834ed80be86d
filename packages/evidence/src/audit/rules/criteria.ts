import { placeOf, type RunRule, textsOf } from '../rule.ts';

const laterKinds = new Set(['item_criterion', 'revision_criterion', 'plan_criterion']);
const leastVerdicts = 4;

export const criterionFailedLater: RunRule = {
  id: 'criterion.failed_later',
  severity: 'warning',
  question: 'Which criteria were picked early and failed by most later verdicts?',
  find: (reading) =>
    reading.criteria.flatMap(({ id, text, is_selected, selected_by }) => {
      const later = reading.verdicts.filter(
        ({ kind, criterion_id, pass }) => criterion_id === id && laterKinds.has(kind) && pass !== null,
      );
      const failed = later.filter(({ pass }) => pass === false);
      if (!is_selected || later.length < leastVerdicts || failed.length * 2 <= later.length) return [];
      return {
        ...placeOf(reading, selected_by),
        message: `Criterion ${id} was picked, and failed by ${failed.length} of ${later.length} later verdicts.`,
        texts: textsOf({ criterion: text, 'a failed verdict': failed[0]?.explanation }),
        measure: { name: 'share failed', value: failed.length / later.length },
      };
    }),
};
