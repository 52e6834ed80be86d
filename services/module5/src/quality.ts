import { ask, type Run } from '@agento/agent';
import type { Module5Input, QualityReport } from '@agento/contracts';
import { type Decision, recordDecision, recordVerdict, round } from '@agento/tracing';
import { statusScore } from './acceptance.ts';
import { qualityChecker } from './agents.ts';
import type { Assembly } from './assembly.ts';
import { checkQualityAnswer } from './checks.ts';

/** Judges the whole plan on every criterion; it is published when more criteria are fully met than are not. */
export function checkQuality(run: Run, input: Module5Input, assembly: Assembly): Promise<QualityReport> {
  const { outline } = assembly;
  return ask(run, qualityChecker, {
    planId: outline.id,
    input: {
      goal: input.goal,
      criteria: input.selected_criteria.map(({ id, criteria, reasoning }) => ({ id, criteria, reasoning })),
      plan: {
        id: outline.id,
        plan_title: outline.plan_title,
        plan_description: outline.plan_description,
        plan_items: outline.plan_items.map(({ id, item_title, item_description }) => ({
          id,
          item_title,
          item_description,
        })),
      },
    },
    links: [{ to: assembly.reference, relationship: 'final_plan', planId: outline.id }],
    given: { plan_id: outline.id, items: outline.plan_items.map(({ id }) => id) },
    check: (answer) => checkQualityAnswer(answer, input.selected_criteria),
    make(answer, produced_by): QualityReport {
      const met = answer.criteria.filter(({ status }) => status === 'fully_met').length;
      const share_met = round(met / Math.max(1, answer.criteria.length));
      return { decision: share_met > 0.5 ? 'publish' : 'hold', share_met, ...answer, produced_by };
    },
    outcome(report, span) {
      for (const { criterion_id, status, explanation } of report.criteria) {
        recordVerdict(span, {
          name: 'plan_criterion',
          score: statusScore[status],
          label: status === 'fully_met' ? 'pass' : 'fail',
          explanation,
          criterionId: criterion_id,
          planId: outline.id,
          status,
        });
      }
      recordDecision(span, gate(report));
      return {
        summary: `${report.decision}: ${Math.round(report.share_met * 100)} % of the criteria are met`,
        attributes: {
          'agento.quality.share_met': report.share_met,
          'agento.quality.publish': report.decision === 'publish',
        },
      };
    },
  });
}

function gate({ decision, share_met, criteria }: QualityReport): Decision {
  const rest = round(1 - share_met);
  const [chosen, other] = decision === 'publish' ? [share_met, rest] : [rest, share_met];
  const open = criteria
    .filter(({ status }) => status !== 'fully_met')
    .map(({ criterion_id }) => criterion_id);
  return {
    kind: 'quality_gate',
    candidates: [
      { id: 'publish', label: 'Hand the plan on', scores: { total: share_met } },
      { id: 'hold', label: 'Keep the plan back', scores: { total: rest } },
    ],
    chosen: [decision],
    rejected: [
      {
        id: decision === 'publish' ? 'hold' : 'publish',
        reason: `${share_met} of the criteria are fully met, ${rest} are not`,
      },
    ],
    reason: open.length === 0 ? 'Every criterion is fully met' : `Not fully met: ${open.join(', ')}`,
    margin: round(chosen - other),
    ...(chosen === other && { tieBreak: 'Equal shares: the plan is held' }),
  };
}
