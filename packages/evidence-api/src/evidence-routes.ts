import type { FastifyInstance } from 'fastify';
import type { TObject } from 'typebox';
import type { Answers, Asked } from './answers.ts';
import type { EvidenceThread } from './evidence-thread.ts';
import {
  AttemptQuery,
  CompareQuery,
  ListQuery,
  NoPath,
  NoQuery,
  OverQuery,
  RunName,
  ShowQuery,
  SpanName,
  WhyQuery,
} from './queries.ts';

/** The routes of the API of evidence: whom each asks, and the schemas of its parameters. */
export const evidenceRoutes: {
  path: string;
  asks: Exclude<keyof Answers, 'remove'>;
  params: TObject;
  querystring: TObject;
}[] = [
  { path: '/evidence/runs', asks: 'runs', params: NoPath, querystring: ListQuery },
  { path: '/evidence/costs', asks: 'costs', params: NoPath, querystring: OverQuery },
  { path: '/evidence/findings', asks: 'audit', params: NoPath, querystring: OverQuery },
  { path: '/runs/:run_id/evidence', asks: 'run', params: RunName, querystring: AttemptQuery },
  { path: '/runs/:run_id/evidence/show', asks: 'show', params: RunName, querystring: ShowQuery },
  { path: '/runs/:run_id/evidence/why', asks: 'why', params: RunName, querystring: WhyQuery },
  { path: '/runs/:run_id/evidence/findings', asks: 'findings', params: RunName, querystring: AttemptQuery },
  { path: '/runs/:run_id/evidence/spans', asks: 'spans', params: RunName, querystring: AttemptQuery },
  {
    path: '/runs/:run_id/evidence/spans/:span_id',
    asks: 'span',
    params: SpanName,
    querystring: AttemptQuery,
  },
  { path: '/runs/:run_id/evidence/compare', asks: 'compare', params: RunName, querystring: CompareQuery },
];

/** Makes the server's own error. */
type Refuse = (status: 400 | 404 | 409, detail: string) => Error;

/**
 * Registers them. What is not there (404), or means nothing in the run (400), is answered with the server's own error:
 * `refuse` makes it.
 */
export function registerEvidenceRoutes(
  app: FastifyInstance,
  thread: Pick<EvidenceThread, 'ask'>,
  refuse: Refuse,
): void {
  for (const { path, asks, params, querystring } of evidenceRoutes) {
    app.get<{ Params: Asked; Querystring: Asked }>(
      path,
      { schema: { params, querystring } },
      async (request, reply) => {
        const answer = await thread.ask(asks, { ...request.params, ...request.query });
        if (answer.status !== 200) throw refuse(answer.status, answer.text);
        return reply.type('application/json').send(answer.text);
      },
    );
  }
}

/**
 * Registers `DELETE /runs/:run_id/evidence`, which removes the traces of all attempts at a run: 204; 404 where there is
 * none, 409 where it cannot be removed. `admit` rejects while there may still be more of it to come.
 */
export function registerRemoval(
  app: FastifyInstance,
  thread: Pick<EvidenceThread, 'ask'>,
  refuse: Refuse,
  admit: (runId: string) => Promise<void>,
): void {
  app.delete<{ Params: { run_id: string } }>(
    '/runs/:run_id/evidence',
    { schema: { params: RunName, querystring: NoQuery } },
    async ({ params }, reply) => {
      await admit(params.run_id);
      const answer = await thread.ask('remove', params);
      if (answer.status !== 200) throw refuse(answer.status, answer.text);
      return reply.code(204).send();
    },
  );
}
