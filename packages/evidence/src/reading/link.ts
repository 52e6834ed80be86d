import { chain, stepsOf, subjects } from '@agento/contracts';
import { type RecordedLink, type RecordedSpan, textOf } from '../model.ts';
import type { RunTrace } from '../run.ts';
import { type About, aboutOf } from './about.ts';
import { listIn, textIn } from './loose.ts';
import { inputIn, promptOf } from './messages.ts';

/** A link from a span to one whose result it used. */
export interface Link {
  from: string;
  /** The span that counts, if the one linked to was of a lost execution. */
  to: string;
  /** `criterion`, `failed_verdict`, `feedback`, …; empty if unknown. */
  relationship: string;
  /** What the link says it is about. */
  about: About;
  /** The other trace it leads to; null within this one. */
  other_trace: string | null;
  /** False if the span it leads to is not here. */
  is_found: boolean;
}

/** The subjects that a link of this kind names. */
const namedBy = new Map(
  chain.flatMap((module) =>
    stepsOf(module).flatMap(({ name, links = {} }) =>
      Object.entries(links).map(
        ([relationship, { names = [] }]) => [`${name} ${relationship}`, names] as const,
      ),
    ),
  ),
);

export function linksOf(span: RecordedSpan, { standIn, tree }: RunTrace): Link[] {
  return linksIn(span, tree.byId, standIn);
}

/** The links of a span among these, by id; `standIn` names the one that counts for another. */
export function linksIn(
  span: RecordedSpan,
  byId: ReadonlyMap<string, RecordedSpan>,
  standIn = (id: string) => id,
): Link[] {
  const criteria = span.links.some(({ lost }) => lost) ? criteriaShownTo(span).values() : [].values();
  return span.links.map((link): Link => {
    const to = standIn(link.span_id);
    const target = byId.get(to);
    const relationship = textOf(link.attributes, 'relationship');
    const about = subjectsOf(link, span, target);
    if (link.lost && relationship === 'criterion') about.criterion_id ??= criteria.next().value ?? null;
    return {
      from: span.span_id,
      to,
      relationship,
      about,
      other_trace: link.trace_id === span.trace_id ? null : link.trace_id,
      is_found: target !== undefined,
    };
  });
}

/** Links to all criteria come in the order in which these were shown. */
function criteriaShownTo(span: RecordedSpan): string[] {
  return listIn(inputIn(promptOf(span).value), 'criteria').flatMap((entry) => textIn(entry, 'id') ?? []);
}

/** Some storages drop a link's attributes: what it named is then what its target, or else its own span, is about. */
function subjectsOf(link: RecordedLink, span: RecordedSpan, target: RecordedSpan | undefined): About {
  if (!link.lost) return aboutOf(link.attributes);
  const names = namedBy.get(`${span.name} ${textOf(link.attributes, 'relationship')}`) ?? [];
  const known = names.flatMap((subject) => {
    const key = subjects[subject].attribute;
    const value = target?.attributes[key] ?? span.attributes[key];
    return value === undefined ? [] : [[key, value]];
  });
  return aboutOf(Object.fromEntries(known));
}
