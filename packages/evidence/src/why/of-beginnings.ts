import type { Constraint, Criterion, Decision, Plan, RunReading } from '../reading/index.ts';
import { named, score } from '../show/labels.ts';
import { type Evidence, evidence } from './evidence.ts';
import { madeBy } from './made-by.ts';

/** What stands nearest to the goal: plans, criteria, constraints, what was searched, and the choices between them. */

export function ofCriterion(criterion: Criterion, reading: RunReading): Evidence {
  const { id, text, reasoning, own_rating, is_selected, proposed_by, selected_by } = criterion;
  const agent = reading.steps.find(({ span_id }) => span_id === proposed_by)?.agent ?? 'An unknown agent';
  const rated = own_rating === null ? '' : ` and rated it ${own_rating} of 10`;
  return evidence(
    `criterion ${id}`,
    `${agent} proposed criterion ${id}${rated}; it was ${is_selected ? '' : 'not '}chosen.`,
    proposed_by,
    {
      shown_by: [text, reasoning].flatMap((shown) => shown ?? []),
      because: [
        ...(selected_by ? [`decision ${selected_by}`] : []),
        ...(reading.search ? ['search'] : []),
        'goal',
      ],
      not_found: [
        ...(proposed_by ? [] : [`who proposed criterion ${id}`]),
        ...(selected_by ? [] : [`the decision that chose criterion ${id}`]),
      ],
    },
  );
}

export function ofConstraint({ id, text, quote, found_by }: Constraint): Evidence {
  return evidence(`constraint ${id}`, `Goal or context set limit ${id}.`, found_by, {
    shown_by: [...(text ? [text] : []), ...(quote ? [`Quoted: “${quote}”`] : [])],
    because: ['goal'],
    not_found: [
      ...(quote ? [] : [`the passage that sets limit ${id}`]),
      ...(found_by ? [] : [`the span that found limit ${id}`]),
    ],
  });
}

export function ofPlan(plan: Plan, reading: RunReading): Evidence {
  const decision = reading.decisions.find(({ kind }) => kind === 'plan_selection');
  const author = plan.agent || 'An unknown agent';
  return evidence(
    `plan ${plan.id}`,
    `${author} wrote plan ${named(plan.id, plan.title)}; it was ${plan.is_selected ? '' : 'not '}chosen.`,
    plan.span_id,
    {
      shown_by: plan.reasoning ? [plan.reasoning] : [],
      because: [
        ...(decision ? [`decision ${decision.span_id}`] : []),
        ...reading.criteria.filter(({ is_selected }) => is_selected).map(({ id }) => `criterion ${id}`),
        ...reading.constraints.map(({ id }) => `constraint ${id}`),
        'goal',
      ],
      not_found: [
        ...(plan.span_id ? [] : [`who wrote plan ${plan.id}`]),
        ...(decision ? [] : [`the decision between the plans`]),
      ],
    },
  );
}

export function ofDecision(decision: Decision, reading: RunReading): Evidence {
  const { span_id, kind, agent, chosen, candidates, reason, margin, by } = decision;
  const others = candidates.filter(({ is_chosen }) => !is_chosen).map(({ id }) => id);
  const over = others.length > 0 ? ` over ${others.join(', ')}` : '';
  const how = margin === null ? '' : `, by a margin of ${score(margin)}`;
  return evidence(
    `decision ${span_id}`,
    `${agent} decided ${kind}: ${chosen.join(', ') || 'none'}${over}${how}.`,
    span_id,
    {
      shown_by: [
        ...(reason ? [reason] : []),
        ...candidates.map(({ id, is_chosen, scores, reason }) => {
          const why = is_chosen ? 'chosen' : `not chosen${reason ? `: ${reason}` : ''}`;
          return `${id}, ${by} ${score(scores[by] ?? null)}, ${why}`;
        }),
      ],
      because: reading.links
        .filter(({ from, other_trace }) => from === span_id && other_trace === null)
        .map(({ to }) => madeBy(reading, to)),
      not_found: candidates
        .filter(({ is_chosen, reason }) => !is_chosen && reason === null)
        .map(({ id }) => `why ${id} was not chosen in ${kind}`),
    },
  );
}

export function ofSearch({ search }: RunReading): Evidence | null {
  if (!search) return null;
  const sources = search.sources.map(({ title, url, note }) =>
    [title, url ?? 'the model’s own knowledge', note].filter(Boolean).join(': '),
  );
  return evidence(
    'search',
    `${sources.length === 1 ? '1 source was' : `${sources.length} sources were`} gathered on the goal.`,
    search.span_id,
    {
      shown_by: [...(search.summary ? [search.summary] : []), ...sources],
      because: ['goal'],
      not_found: sources.length > 0 ? [] : ['a source of the search'],
    },
  );
}

export function ofGoal({ goal, context, modules }: RunReading): Evidence {
  return evidence('goal', 'It was asked for.', modules[0]?.span_id ?? null, {
    shown_by: [...(goal.value ? [goal.value] : []), ...(context ? [`Context: ${context}`] : [])],
    not_found: [
      ...(goal.state === 'whole' ? [] : [`the goal as it was given (${goal.state})`]),
      ...(context ? [] : ['a context beside the goal']),
    ],
  });
}
