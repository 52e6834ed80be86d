import { chain, stepsOf } from '@agento/contracts';
import { numberOf, type RecordedSpan, textOf } from '../model.ts';
import { jsonOf } from '../payload.ts';
import { chosenOf } from '../run.ts';
import { type About, aboutOf } from './about.ts';
import { fieldsIn, textIn } from './loose.ts';

export interface Candidate {
  id: string;
  label: string | null;
  scores: Record<string, number>;
  /** By the score that decides, from 1; equal scores have the same rank. Null without that score. */
  rank: number | null;
  is_chosen: boolean;
  /** Why it was not chosen; null if it was, or while content is off. */
  reason: string | null;
}

/** A choice between candidates. */
export interface Decision {
  /** The span that decided. */
  span_id: string;
  step: string;
  agent: string;
  about: About;
  kind: string;
  /** Name of the score that decides. */
  by: string;
  /** In the order in which they were considered. */
  candidates: Candidate[];
  chosen: string[];
  reason: string | null;
  /** The lowest chosen score less the highest rejected; null where nothing was chosen or rejected. */
  margin: number | null;
  tie_break: string | null;
}

const decidingScore = new Map(
  chain.flatMap((module) =>
    stepsOf(module).flatMap(({ decision }) => (decision ? [[decision.kind, decision.by]] : [])),
  ),
) as Map<string, string>;

/** The decision a span recorded; null if it recorded none. */
export function decisionOf(span: RecordedSpan): Decision | null {
  const { attributes } = span;
  const kind = textOf(attributes, 'agento.decision.kind');
  if (kind === '') return null;
  const by = decidingScore.get(kind) ?? 'total';
  const chosen = chosenOf(span);
  const reasons = new Map(
    listOf(span, 'rejected').map((entry) => [textIn(entry, 'id'), textIn(entry, 'reason')]),
  );
  const read = listOf(span, 'candidates').map((entry) => ({
    id: textIn(entry, 'id') ?? '',
    label: textIn(entry, 'label'),
    scores: numbersIn(entry),
  }));
  const ranked = read.flatMap(({ scores }) => scores[by] ?? []);
  return {
    span_id: span.span_id,
    step: span.name,
    agent: textOf(attributes, 'agent.name'),
    about: aboutOf(attributes),
    kind,
    by,
    candidates: read.map((candidate) => {
      const own = candidate.scores[by];
      return {
        ...candidate,
        rank: own === undefined ? null : 1 + ranked.filter((other) => other > own).length,
        is_chosen: chosen.includes(candidate.id),
        reason: reasons.get(candidate.id) ?? null,
      };
    }),
    chosen,
    reason: textOf(attributes, 'agento.decision.reason') || null,
    margin: numberOf(attributes, 'agento.decision.margin'),
    tie_break: textOf(attributes, 'agento.decision.tie_break') || null,
  };
}

function listOf(span: RecordedSpan, field: string): unknown[] {
  const list = jsonOf(textOf(span.attributes, `agento.decision.${field}`));
  return Array.isArray(list) ? list : [];
}

function numbersIn(candidate: unknown): Record<string, number> {
  const scores = Object.entries(fieldsIn(fieldsIn(candidate).scores));
  return Object.fromEntries(
    scores.filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );
}
