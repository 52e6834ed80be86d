import type { RunReading } from '../reading/index.ts';
import { stepLabel } from '../show/labels.ts';
import { type Evidence, evidence } from './evidence.ts';
import { madeBy } from './made-by.ts';
import { ofConstraint, ofCriterion, ofDecision, ofGoal, ofPlan, ofSearch } from './of-beginnings.ts';
import { ofItem, ofRequest, ofSuggestion, ofText, ofVerdict } from './of-texts.ts';

/** The evidence with this key; null if the trace does not have it. */
export function evidenceOf(key: string, reading: RunReading): Evidence | null {
  const space = key.indexOf(' ');
  const [kind, id] = space < 0 ? [key, ''] : [key.slice(0, space), key.slice(space + 1)];
  const has = (entry: { id: string }) => entry.id === id;
  const made = <T>(thing: T | undefined, make: (thing: T, reading: RunReading) => Evidence) =>
    thing === undefined ? null : make(thing, reading);
  switch (kind) {
    case 'goal':
      return ofGoal(reading);
    case 'search':
      return ofSearch(reading);
    case 'criterion':
      return made(reading.criteria.find(has), ofCriterion);
    case 'constraint':
      return made(reading.constraints.find(has), ofConstraint);
    case 'plan':
      return made(reading.plans.find(has), ofPlan);
    case 'item':
      return made(reading.items.find(has), ofItem);
    case 'text':
      return made(reading.items.flatMap(({ texts }) => texts).find(has), ofText);
    case 'request':
      return made(reading.requests.find(has), ofRequest);
    case 'suggestion':
      return made(reading.suggestions.find(has), ofSuggestion);
    case 'verdict':
      return ofVerdict(id, reading);
    case 'decision':
      return made(
        reading.decisions.find(({ span_id }) => span_id === id),
        ofDecision,
      );
    default:
      return ofStep(id, reading);
  }
}

function ofStep(id: string, reading: RunReading): Evidence | null {
  const step = reading.steps.find(({ span_id }) => span_id === id);
  if (!step) return null;
  const links = reading.links.filter(({ from }) => from === id);
  const lost = links.filter(({ is_found, other_trace }) => !is_found && other_trace === null);
  return evidence(`step ${id}`, `${step.agent} did ${stepLabel(step)}.`, id, {
    shown_by: step.reasoning ? [step.reasoning] : [],
    because: [
      ...links
        .filter(({ is_found, other_trace }) => is_found && other_trace === null)
        .map(({ to, relationship, about }) =>
          relationship === 'criterion' && about.criterion_id
            ? `criterion ${about.criterion_id}`
            : madeBy(reading, to),
        ),
      'goal',
    ],
    not_found: lost.map(({ to, relationship }) => `span ${to}, linked to as ${relationship || 'unnamed'}`),
  });
}
