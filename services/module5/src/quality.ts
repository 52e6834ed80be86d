import { ask, constraintLinks, groundOf, type Lost, orElse, type Run, type Step } from '@agento/agent';
import {
  type Constraint,
  criterionView,
  type Module5Input,
  notJudged,
  planView,
  type QualityAnswer,
  type QualityReport,
  type qualityCheck,
} from '@agento/contracts';
import { type Decision, round } from '@agento/tracing';
import { qualityChecker } from './agents.ts';
import type { Assembly } from './assembly.ts';
import { checkQualityAnswer } from './checks.ts';

/** Judges the whole plan on every constraint and criterion, and decides whether it is published. */
export function checkQuality(run: Run, input: Module5Input, assembly: Assembly): Promise<QualityReport> {
  const { outline } = assembly;
  const { selected_criteria: criteria, constraints = [] } = input;
  const asked = ask(run, qualityChecker, {
    planId: outline.id,
    input: {
      ...groundOf(input),
      criteria: criteria.map(criterionView),
      plan: planView(outline),
    },
    links: {
      final_plan: { to: assembly.reference, planId: outline.id },
      ...constraintLinks(input),
    },
    given: { plan_id: outline.id, items: outline.plan_items.map(({ id }) => id) },
    ids: {
      each: {
        constraints: constraints.map(({ id }) => ({ constraint_id: id })),
        criteria: criteria.map(({ id }) => ({ criterion_id: id })),
      },
    },
    check: (answer) => checkQualityAnswer(answer, outline.plan_items),
    make: (answer, produced_by) => ({ ...gateOf(answer), ...answer, produced_by }),
    outcome(report, step) {
      recordVerdicts(step, report, outline.id);
      step.decide(gateDecision(report));
      return {
        summary: `${report.decision}: ${told(report)}`,
        attributes: {
          'agento.quality.share_met': report.share_met,
          'agento.quality.publish': report.decision === 'publish',
          'agento.quality.broken_constraints': broken(report).length,
        },
      };
    },
  });
  return orElse<QualityReport>(asked, (lost) => unjudged(input, constraints, lost));
}

/** The checker's answer, and the figures derived from it. */
type Judged = QualityAnswer & ReturnType<typeof gateOf>;

/** The plan is published if it fully meets more than half of the criteria and breaks no constraint. */
function gateOf(answer: Pick<QualityAnswer, 'criteria' | 'constraints'>) {
  const met = answer.criteria.filter(({ status }) => status === 'fully_met').length;
  const share_met = round(met / Math.max(1, answer.criteria.length));
  const isPublished = share_met > 0.5 && broken(answer).length === 0;
  return { decision: isPublished ? ('publish' as const) : ('hold' as const), share_met };
}

function broken({ constraints }: { constraints: { constraint_id: string; status: string }[] }): string[] {
  return constraints.filter(({ status }) => status === 'broken').map(({ constraint_id }) => constraint_id);
}

function told(report: Judged): string {
  const met = report.criteria.filter(({ status }) => status === 'fully_met').length;
  const breaks = broken(report);
  return `${met} of ${report.criteria.length} criteria are met by the plan as a whole${breaks.length > 0 ? `, and it breaks ${breaks.join(', ')}` : ''}`;
}

/** A plan without a judgement is held, so that seventy good answers are not lost. */
function unjudged(
  input: Module5Input,
  constraints: Constraint[],
  { reason, produced_by }: Lost,
): QualityReport {
  return {
    decision: 'hold',
    share_met: null,
    summary: `The plan as a whole was not judged. ${reason}`,
    criteria: input.selected_criteria.map(({ id }) => ({
      criterion_id: id,
      status: notJudged,
      explanation: reason,
    })),
    constraints: constraints.map(({ id }) => ({
      constraint_id: id,
      status: notJudged,
      explanation: reason,
      passage: '',
    })),
    strengths: [],
    open_issues: ['The plan as a whole is to be judged by a person before it is used.'],
    produced_by,
  };
}

function recordVerdicts(step: Step<typeof qualityCheck>, report: Judged, planId: string): void {
  for (const { criterion_id, status, explanation } of report.criteria) {
    step.judge('plan_criterion', {
      explanation,
      criterionId: criterion_id,
      planId,
      status,
    });
  }
  for (const { constraint_id, status, explanation, passage } of report.constraints) {
    step.judge('constraint', {
      explanation: passage === '' ? explanation : `${explanation} “${passage}”`,
      constraintId: constraint_id,
      planId,
      status,
    });
  }
}

function gateDecision(report: Judged): Omit<Decision, 'kind'> {
  const { decision, share_met, criteria } = report;
  const breaks = broken(report);
  // A plan that breaks a constraint is not published, however many criteria it meets.
  const met = breaks.length > 0 ? 0 : share_met;
  const rest = round(1 - met);
  const [chosen, other] = decision === 'publish' ? [met, rest] : [rest, met];
  const open = criteria
    .filter(({ status }) => status !== 'fully_met')
    .map(({ criterion_id }) => criterion_id);
  const reasons = [
    breaks.length > 0 ? `Constraints broken: ${breaks.join(', ')}` : '',
    open.length > 0 ? `Not fully met: ${open.join(', ')}` : 'Every criterion is fully met',
  ];
  return {
    candidates: [
      { id: 'publish', label: 'Hand the plan on', scores: { total: met } },
      { id: 'hold', label: 'Keep the plan back', scores: { total: rest } },
    ],
    chosen: [decision],
    rejected: [
      {
        id: decision === 'publish' ? 'hold' : 'publish',
        reason:
          breaks.length > 0
            ? `it breaks ${breaks.join(', ')}`
            : `${share_met} of the criteria are fully met, ${rest} are not`,
      },
    ],
    reason: reasons.filter((reason) => reason !== '').join('. '),
    margin: round(chosen - other),
    ...(chosen === other && { tieBreak: 'Equal shares: the plan is held' }),
  };
}
