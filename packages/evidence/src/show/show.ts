import type { Page } from '../page/page.ts';
import { linksByEnd, type RunReading } from '../reading/index.ts';
import { callPage } from './call-page.ts';
import { type Found, find } from './find.ts';
import { itemPage, textPage } from './item-page.ts';
import { runPage } from './run-page.ts';
import { stepPage } from './step-page.ts';
import { stepsPage } from './steps-page.ts';
import { constraintPage, criterionPage, planPage, requestPage, suggestionPage } from './thing-pages.ts';

/** What was asked for: to be read by people, and as data. */
export interface Shown {
  page: Page;
  /** `kind` says what it is; for JSON. */
  data: Record<string, unknown>;
}

/**
 * Shows a run, or what these words mean in it (find).
 *
 * @throws NotShownError if they mean nothing in it
 */
export function show(reading: RunReading, words: string[]): Shown {
  const found = find(reading, words);
  const { run_id, trace_id, run_attempt } = reading;
  return { page: pageOf(found, reading), data: { run_id, trace_id, run_attempt, ...dataOf(found, reading) } };
}

function pageOf(found: Found, reading: RunReading): Page {
  switch (found.kind) {
    case 'run':
      return runPage(reading);
    case 'step':
      return stepPage(found.step, reading);
    case 'steps':
      return stepsPage(found.steps, reading);
    case 'call':
      return callPage(found.call, reading);
    case 'criterion':
      return criterionPage(found.criterion, reading);
    case 'constraint':
      return constraintPage(found.constraint, reading);
    case 'plan':
      return planPage(found.plan, reading);
    case 'item':
      return itemPage(found.item, reading);
    case 'text':
      return textPage(found.item, found.text, reading);
    case 'request':
      return requestPage(found.request, reading);
    case 'suggestion':
      return suggestionPage(found.suggestion, reading);
  }
}

/** The thing itself, and what is known about it elsewhere in the run. */
function dataOf(found: Found, reading: RunReading): Record<string, unknown> {
  const { verdicts, decisions, suggestions, requests, calls } = reading;
  const links = linksByEnd(reading);
  switch (found.kind) {
    case 'run':
      return { kind: 'run', run: reading };
    case 'step': {
      const { span_id } = found.step;
      return {
        ...found,
        calls: calls.filter(({ step }) => step === span_id),
        decision: decisions.find((decision) => decision.span_id === span_id) ?? null,
        verdicts: verdicts.filter((verdict) => verdict.span_id === span_id),
        suggestions: suggestions.filter(({ span_id: by, told, judged_by }) =>
          [by, told, judged_by].includes(span_id),
        ),
        links: { from: links.from(span_id), to: links.to(span_id) },
      };
    }
    case 'criterion':
      return {
        ...found,
        verdicts: verdicts.filter(({ criterion_id }) => criterion_id === found.criterion.id),
        requests: requests.filter(({ targeted_criteria }) => targeted_criteria.includes(found.criterion.id)),
      };
    case 'constraint':
      return {
        ...found,
        verdicts: verdicts.filter(({ constraint_id }) => constraint_id === found.constraint.id),
      };
    case 'plan':
      return {
        ...found,
        verdicts: verdicts.filter(({ plan_id, item_id }) => plan_id === found.plan.id && item_id === null),
        decision: decisions.find(({ kind }) => kind === 'plan_selection') ?? null,
      };
    case 'item':
      return {
        ...found,
        verdicts: verdicts.filter(({ item_id }) => item_id === found.item.id),
        decisions: decisions.filter(({ about }) => about.item_id === found.item.id),
        requests: requests.filter(({ item_id }) => item_id === found.item.id),
        suggestions: suggestions.filter(({ item_id }) => item_id === found.item.id),
      };
    case 'suggestion':
      return { ...found, verdicts: verdicts.filter(({ id }) => found.suggestion.verdicts.includes(id)) };
    case 'request':
      return { ...found, verdicts: verdicts.filter(({ id }) => found.request.failed_verdicts.includes(id)) };
    default:
      return found;
  }
}
