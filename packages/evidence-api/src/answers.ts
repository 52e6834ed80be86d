import {
  compareRuns,
  NotFoundError,
  runComparisonPage,
  show,
  spanRows,
  type Unread,
  why,
} from '@agento/evidence';
import { auditOfRun, auditOver } from './audit-over.ts';
import { costsOfRun, costsOver } from './costs-over.ts';
import type { Digest } from './digests.ts';
import { type EvidenceSource, readingOf } from './evidence-source.ts';
import { evidenceOfRun, type Whereabouts, wholeSpan } from './views.ts';

/** Most entries of a list of differences on a page; the data have all. */
const mostEntries = 100;

/** How many runs a view of several is over, where nobody says. */
const usualRuns = '50';

/** What is asked: the parameters of the path and of the query, as they came. */
export type Asked = Record<string, string | undefined>;

/** Answers what the traces of runs say, and removes them; each rejects with a NotFoundError, a NotShownError or a NotRemovedError. */
export type Answers = ReturnType<typeof answersFrom>;

/** What readers are told of the server, beside the evidence. */
export interface Told {
  /** The models that `POST /run` beside the evidence asks; null where there is none. */
  models: string[] | null;
  /** Where a browser finds Jaeger. */
  jaegerUi: string | null;
}

export function answersFrom(source: EvidenceSource, { models, jaegerUi }: Told) {
  const of = ({ run_id = '', attempt }: Asked) =>
    readingOf(source, run_id, attempt === undefined ? undefined : Number(attempt));
  const newest = <T>(digest: Digest<T>, { runs = usualRuns }: Asked): [AsyncIterable<T>, Unread[]] => {
    const unread: Unread[] = [];
    return [source.digests(digest, Number(runs), (one) => unread.push(one)), unread];
  };
  const where: Whereabouts = {
    place: source.place,
    takes_runs: models !== null,
    removes_traces: models !== null && source.isFolder,
    jaeger_ui: jaegerUi,
  };
  return {
    runs: async ({ limit = '100' }: Asked) => ({
      ...where,
      models: models ?? [],
      ...(await source.runs(Number(limit))),
    }),
    costs: async (asked: Asked) => costsOver(...newest(costsOfRun, asked)),
    audit: async (asked: Asked) => auditOver(...newest(auditOfRun, asked)),
    run: async (asked: Asked) => evidenceOfRun((await of(asked)).reading, where),
    show: async (asked: Asked) => show((await of(asked)).reading, split(asked.what)),
    why: async (asked: Asked) =>
      why((await of(asked)).reading, {
        words: split(asked.what),
        text: asked.text,
        depth: asked.depth === undefined || asked.depth === 'all' ? undefined : Number(asked.depth),
        more: '',
      }),
    findings: async (asked: Asked) => auditOver([auditOfRun((await of(asked)).reading)], []),
    spans: async (asked: Asked) => spanRows((await of(asked)).trace),
    span: async (asked: Asked) => {
      const { trace } = await of(asked);
      const span = trace.spans.find(({ span_id }) => span_id === asked.span_id);
      if (!span) throw new NotFoundError(`The trace has no span ${asked.span_id}.`);
      return wholeSpan(span, trace, jaegerUi);
    },
    compare: async (asked: Asked) => {
      const now = await of(asked);
      const before = await of({ run_id: asked.with, attempt: asked.with_attempt });
      const comparison = compareRuns(before.reading, now.reading);
      return { page: runComparisonPage(comparison, mostEntries), data: comparison };
    },
    remove: async ({ run_id = '' }: Asked) => source.remove(run_id),
  };
}

const split = (given = '') => given.split(/\s+/).filter(Boolean);
