import { numbered } from '../numbered.ts';
import { facts, type Page, prose, section, title } from '../page/page.ts';
import type { Decision, Item, RevisionRequest, RunReading, Step } from '../reading/index.ts';
import { cost, criterionLabel, duration, named, score, stepLabel, time, words } from './labels.ts';

/** A run on one screen: how it ended, what was decided, how each criterion and item fared, and what is missing. */
export function runPage(reading: RunReading): Page {
  const { all } = reading.usage;
  const selected = reading.criteria.filter(({ is_selected }) => is_selected);
  return [
    title(reading.goal.value ?? 'A goal that is not recorded'),
    facts(
      ['run', words(reading.run_id || 'unknown', attemptOf(reading))],
      ['trace', reading.trace_id],
      ['session', reading.session_id],
      ['when', words(time(reading.started_ms), duration(reading.wall_ms))],
      [
        'outcome',
        words(
          outcomeOf(reading),
          reading.score !== null && `${score(reading.score)} of the criteria fully met`,
        ),
      ],
      ['error', reading.error && `${reading.error.type}: ${reading.error.message}`],
      [
        'used',
        `${numbered(all.calls, 'call')}, ${all.input_tokens} → ${all.output_tokens} tokens, ${cost(all.cost_usd)}`,
      ],
      ['evidence', completeness(reading)],
    ),
    ...failureBlocks(reading),
    ...section(
      'Decisions',
      reading.decisions.map((decision) => decisionEntry(decision)),
    ),
    ...section(
      'Criteria',
      selected.map(({ id }) => ({ head: criterionLabel(reading, id, 70), body: fateOf(id, reading) })),
    ),
    ...section(
      'Constraints',
      reading.constraints.map(({ id }) => {
        const verdict = reading.verdicts.find(({ constraint_id }) => constraint_id === id);
        return {
          head: `${verdict?.status ?? 'not judged'}  ${criterionLabel(reading, id, 70)}`,
          tone: verdict?.pass
            ? ('good' as const)
            : verdict?.status === 'broken'
              ? ('bad' as const)
              : ('odd' as const),
        };
      }),
    ),
    ...section(
      'Items',
      reading.items.map((item) => ({ head: itemLine(item, reading) })),
    ),
    ...section(
      'Open issues',
      (reading.quality?.open_issues ?? []).map((head) => ({ head })),
    ),
    prose(
      'Each id can be shown, as can steps, agents, spans and call keys: `show <run> c1`, `show <run> plan_selection`.',
    ),
  ];
}

function outcomeOf({ outcome, modules }: RunReading): string {
  const last = modules.findLast(({ counts }) => counts)?.number;
  return outcome === 'stopped' ? `stopped after module ${last}, as asked` : outcome;
}

/** Most failures that are listed. */
const mostFailures = 8;

/** Steps without a result, where nothing below them has failed; a run may have gone on without a judgement. */
function failureBlocks(reading: RunReading): Page {
  const failed = reading.steps.filter(({ counts, ending }) => counts && ending !== 'done');
  const above = new Set(failed.map(({ parent }) => parent));
  // Of steps that were cancelled because another failed, that one says why.
  const isConsequence = ({ error }: Step) =>
    error?.type === 'cancelled' && reading.error?.type !== 'cancelled';
  const places = failed.filter((step) => !above.has(step.span_id) && !isConsequence(step));
  const more = places.length > mostFailures ? [{ head: `and ${places.length - mostFailures} more` }] : [];
  return section('Steps without a result', [
    ...places.slice(0, mostFailures).map((step) => ({
      head: `${stepLabel(step)}  ${step.agent}  ${step.span_id}`,
      body: step.error ? `${step.error.type}: ${step.error.message}` : undefined,
      tone: 'bad' as const,
    })),
    ...more,
  ]);
}

function attemptOf({ run_attempt, run_attempts }: RunReading): string {
  return run_attempts.length > 1 ? `attempt ${run_attempt} of ${run_attempts.join(', ')} (--attempt)` : '';
}

/** Whether the trace holds all that the run says it made. */
export function completeness({ gaps, span_count, has_content }: RunReading): string {
  const content = has_content ? '' : 'content was switched off: no prompts, answers or texts';
  return words(
    gaps.length === 0 ? `complete, ${numbered(span_count, 'span')}` : `incomplete: ${gaps.join('; ')}`,
    content,
  );
}

function decisionEntry({ kind, chosen, candidates, margin, about, reason }: Decision) {
  const others = candidates.filter(({ is_chosen }) => !is_chosen).map(({ id }) => id);
  return {
    head: [
      kind,
      about.item_id ?? '',
      `chose ${chosen.join(', ') || 'none'}`,
      others.length > 0 ? `over ${others.join(', ')}` : '',
      margin === null ? '' : `margin ${score(margin)}`,
    ]
      .filter(Boolean)
      .join('  '),
    body:
      kind === 'criteria_selection' || kind === 'plan_selection' || kind === 'quality_gate'
        ? (reason ?? undefined)
        : undefined,
  };
}

function fateOf(id: string, reading: RunReading): string {
  const of = (kind: string) =>
    reading.verdicts.filter((verdict) => verdict.kind === kind && verdict.criterion_id === id);
  const items = of('item_criterion');
  const [whole] = of('plan_criterion');
  const failed = items.filter(({ pass }) => pass === false).map(({ item_id }) => item_id);
  return (
    words(
      items.length > 0 && `${items.length - failed.length} of ${numbered(items.length, 'item')} pass`,
      failed.length > 0 && `not ${failed.join(' ')}`,
      whole && `the plan as a whole: ${whole.status ?? score(whole.score)}`,
    ) || 'nothing is judged by it here'
  );
}

/** A person's word holds, where there is one. */
const isRefused = ({ approval, review }: RevisionRequest) =>
  review ? review.decision === 'reject' : approval?.approved === false;

function itemLine(item: Item, reading: RunReading): string {
  const failed = reading.verdicts.filter(
    ({ kind, item_id, pass }) => kind === 'item_criterion' && item_id === item.id && pass === false,
  );
  const request = reading.requests.find(({ item_id }) => item_id === item.id);
  const final = item.texts.find(({ is_final }) => is_final);
  const attempts = item.texts.filter(({ attempt }) => attempt > 0).length;
  return words(
    named(item.id, item.title),
    failed.length > 0 ? `failed ${failed.map(({ criterion_id }) => criterion_id).join(' ')}` : 'passed',
    request && isRefused(request) && 'its revision was not approved',
    attempts > 0 && numbered(attempts, 'attempt'),
    final &&
      attempts > 0 &&
      (final.attempt === 0 ? 'the original is kept' : `attempt ${final.attempt} is kept`),
  );
}
