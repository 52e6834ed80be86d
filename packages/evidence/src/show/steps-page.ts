import { type Page, prose, title } from '../page/page.ts';
import type { RunReading, Step } from '../reading/index.ts';
import { duration, score, stepLabel } from './labels.ts';

/** Several steps, a line each. */
export function stepsPage(steps: Step[], reading: RunReading): Page {
  return [
    title(`${steps.length} steps`),
    {
      is: 'table',
      numbers: [2],
      rows: [
        ['span', 'step', 'time', 'result'],
        ...steps.map((step) => [
          step.span_id,
          stepLabel(step),
          duration(step.duration_ms),
          resultOf(step, reading),
        ]),
      ],
    },
    prose('Name one by its span or by what tells it apart: `show <run> <step> <item> <criterion>`.'),
  ];
}

/** What came of a step, in a few words. */
export function resultOf(step: Step, reading: RunReading): string {
  if (step.error) return `${step.error.type}: ${step.error.message}`;
  const verdicts = reading.verdicts.filter(({ span_id }) => span_id === step.span_id);
  const decision = reading.decisions.find(({ span_id }) => span_id === step.span_id);
  const [only] = verdicts;
  const judged =
    verdicts.length === 1 && only
      ? `${only.pass ? 'pass' : 'fail'} ${score(only.score)}`
      : `${verdicts.filter(({ pass }) => pass).length} of ${verdicts.length} pass`;
  return [
    ...(step.counts ? [] : ['made again']),
    ...(step.is_repaired ? ['repaired'] : []),
    ...(verdicts.length > 0 ? [judged] : []),
    ...(decision ? [`chose ${decision.chosen.join(', ') || 'none'}`] : []),
  ].join(', ');
}
