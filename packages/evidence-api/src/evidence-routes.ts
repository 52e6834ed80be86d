import { compareRuns, NotShownError, runComparisonPage, show, why } from '@agento/evidence';
import type { FastifyInstance } from 'fastify';
import type { Static } from 'typebox';
import { type EvidenceSource, NoEvidenceError, readingOf } from './evidence-source.ts';
import { AttemptQuery, CompareQuery, ListQuery, RunName, ShowQuery, SpanName, WhyQuery } from './queries.ts';
import { spanRows, wholeSpan, withoutPayloads } from './views.ts';

/** Most entries of a list of differences; the data have all. */
const mostEntries = 100;

interface Asked<Query> {
  Params: Static<typeof SpanName>;
  Querystring: Query;
}

/**
 * Answers what the traces of runs say: the runs there are, one run, a thing in it, why it is so, its spans, two runs
 * against each other. `takesRuns` says that `POST /run` is beside them; `refuse` makes the server's own error of what is not there (404) or means several things (400).
 */
export function registerEvidenceRoutes(
  app: FastifyInstance,
  {
    source,
    takesRuns,
    refuse,
  }: {
    source: EvidenceSource;
    takesRuns: boolean;
    refuse: (status: 400 | 404, detail: string) => Error;
  },
): void {
  const answered = async <T>(asked: () => Promise<T>): Promise<T> => {
    try {
      return await asked();
    } catch (error) {
      if (error instanceof NoEvidenceError) throw refuse(404, error.message);
      if (error instanceof NotShownError) throw refuse(400, error.message);
      throw error;
    }
  };
  const of = (id: string, number: string | undefined) =>
    readingOf(source, id, number === undefined ? undefined : Number(number));
  const split = (given = '') => given.split(/\s+/).filter(Boolean);

  app.get<{ Querystring: Static<typeof ListQuery> }>(
    '/evidence/runs',
    { schema: { querystring: ListQuery } },
    ({ query: { limit = '100' } }) =>
      answered(async () => ({
        place: source.place,
        takes_runs: takesRuns,
        runs: await source.runs(Number(limit)),
      })),
  );

  app.get<Asked<Static<typeof AttemptQuery>>>(
    '/runs/:run_id/evidence',
    { schema: { params: RunName, querystring: AttemptQuery } },
    ({ params, query }) =>
      answered(async () => withoutPayloads((await of(params.run_id, query.attempt)).reading)),
  );

  app.get<Asked<Static<typeof ShowQuery>>>(
    '/runs/:run_id/evidence/show',
    { schema: { params: RunName, querystring: ShowQuery } },
    ({ params, query }) =>
      answered(async () => show((await of(params.run_id, query.attempt)).reading, split(query.what))),
  );

  app.get<Asked<Static<typeof WhyQuery>>>(
    '/runs/:run_id/evidence/why',
    { schema: { params: RunName, querystring: WhyQuery } },
    ({ params, query: { attempt: number, what, text } }) =>
      answered(async () => why((await of(params.run_id, number)).reading, { words: split(what), text })),
  );

  app.get<Asked<Static<typeof AttemptQuery>>>(
    '/runs/:run_id/evidence/spans',
    { schema: { params: RunName, querystring: AttemptQuery } },
    ({ params, query }) => answered(async () => spanRows((await of(params.run_id, query.attempt)).trace)),
  );

  app.get<Asked<Static<typeof AttemptQuery>>>(
    '/runs/:run_id/evidence/spans/:span_id',
    { schema: { params: SpanName, querystring: AttemptQuery } },
    ({ params, query }) =>
      answered(async () => {
        const { trace } = await of(params.run_id, query.attempt);
        const span = trace.spans.find(({ span_id }) => span_id === params.span_id);
        if (!span) throw new NoEvidenceError(`The trace has no span ${params.span_id}.`);
        return wholeSpan(span, trace);
      }),
  );

  app.get<Asked<Static<typeof CompareQuery>>>(
    '/runs/:run_id/evidence/compare',
    { schema: { params: RunName, querystring: CompareQuery } },
    ({ params, query }) =>
      answered(async () => {
        const now = await of(params.run_id, query.attempt);
        const before = await of(query.with, undefined);
        const comparison = compareRuns(before.reading, now.reading);
        return { page: runComparisonPage(comparison, mostEntries), data: comparison };
      }),
  );
}
