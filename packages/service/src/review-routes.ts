import { hash, randomUUID } from 'node:crypto';
import { ReviewBody } from '@agento/contracts';
import { bearerOf } from '@agento/edge';
import type { Part } from '@agento/runs';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import { badInput, type ProblemError } from './problem.ts';
import { conflict } from './runs/conflict.ts';
import type { Origin, PartNotes } from './runs/part-notes.ts';
import { partOf } from './runs/part-of.ts';
import { reviewed, reviewPage } from './runs/review.ts';
import { reviewFindings, sameDecisions } from './runs/review-check.ts';
import { viewOf } from './runs/run-view.ts';
import { AttemptQuery, RunName } from './runs-names.ts';
import type { Service } from './service.ts';

interface Named {
  Params: Static<typeof RunName>;
  Querystring: Static<typeof AttemptQuery>;
}

/** What a person is to decide about a run that waits for that, and the decision. */
export function registerReviewRoutes(app: FastifyInstance, service: Service): void {
  const { store, log } = service;

  app.get<Named>(
    '/runs/:run_id/review',
    { schema: { params: RunName, querystring: AttemptQuery } },
    async ({ params, query }) => reviewPage(service, await partOf(service, params.run_id, query.attempt)),
  );

  app.post<Named & { Body: ReviewBody }>(
    '/runs/:run_id/review',
    { schema: { params: RunName, querystring: AttemptQuery, body: ReviewBody } },
    async (request, reply) => {
      const { params, query, body } = request;
      const part = await partOf(service, params.run_id, query.attempt);
      if ((part.origin as Origin).handed) {
        throw conflict(part, 'review', 'The run began in an earlier module: post the review there');
      }
      if (part.state === 'waiting_for_review') {
        const { requests } = await reviewPage(service, part);
        const found = reviewFindings(
          body,
          requests.map(({ id }) => id),
        );
        if (found.length > 0) throw badInput(found);
        const review = {
          by: reviewer(service, request),
          at: new Date().toISOString(),
          decisions: body.decisions,
        };
        // Of two at the same time the store lets one through.
        const notes = { ...reviewed(part, randomUUID(), review) };
        if (await store.reopen(part, notes, ['waiting_for_review'])) {
          const { by, decisions } = review;
          log.info({ run_id: part.runId, by, decisions: decisions.length }, 'the run was reviewed');
        }
      }
      const now = await partOf(service, params.run_id, String(part.attempt));
      const { review } = now.notes as PartNotes;
      if (!review || !sameDecisions(review.decisions, body.decisions)) throw notReviewed(now);
      reply.code(202).header('location', `/runs/${part.runId}`);
      return reply.type('application/json').send(viewOf(now));
    },
  );
}

/** Who decides: the key's fingerprint, never the key. */
function reviewer({ settings }: Service, { headers }: FastifyRequest): string {
  const key = bearerOf(headers.authorization);
  const hasKeys = settings.apiKeys.length > 0 || settings.hopKey !== null;
  return key === null || !hasKeys ? 'anonymous' : `key-${hash('sha256', key).slice(0, 8)}`;
}

function notReviewed(part: Part): ProblemError {
  const { review } = part.notes as PartNotes;
  return conflict(
    part,
    'review',
    review
      ? `The run was reviewed with other decisions at ${review.at}: the first review holds`
      : `The run is ${part.state}: only one that waits for review can be reviewed`,
  );
}
