import { chain, uuidPattern } from '@agento/contracts';
import type { FastifyInstance, FastifyReply } from 'fastify';
import Type, { type Static } from 'typebox';
import { ProblemError, problem } from './problem.ts';
import type { Service } from './service.ts';

const File = {
  run_id: Type.String({ pattern: uuidPattern }),
  // A fixed list, so that no path can be requested.
  name: Type.Enum(
    ['final_plan.md', 'final_plan.json', ...chain.map(({ number }) => `module${number}_output.json`)],
    { type: 'string' },
  ),
};
export const FileOfRun = Type.Object(File);
export const FileOfAttempt = Type.Object({ ...File, attempt: Type.String({ pattern: '^[1-9]\\d{0,3}$' }) });

/** `GET /runs/{run_id}/artifacts/{name}`, and the same of a later attempt: the files a run left here, as attachments. */
export function registerArtifactRoutes(app: FastifyInstance, { store }: Service): void {
  async function send(
    reply: FastifyReply,
    { run_id, attempt = '1', name }: { run_id: string; attempt?: string; name: string },
  ): Promise<FastifyReply> {
    const content = await store.readFile({ runId: run_id.toLowerCase(), attempt: Number(attempt) }, name);
    if (!content) throw new ProblemError(problem('not-found', 404, `The run ${run_id} has no ${name} here`));
    return reply
      .type(name.endsWith('.md') ? 'text/markdown; charset=utf-8' : 'application/json')
      .header('content-disposition', `attachment; filename="${name}"`)
      .header('cache-control', 'no-store')
      .send(Buffer.from(content));
  }

  app.get<{ Params: Static<typeof FileOfRun> }>(
    '/runs/:run_id/artifacts/:name',
    { schema: { params: FileOfRun } },
    ({ params }, reply) => send(reply, params),
  );
  app.get<{ Params: Static<typeof FileOfAttempt> }>(
    '/runs/:run_id/attempts/:attempt/artifacts/:name',
    { schema: { params: FileOfAttempt } },
    ({ params }, reply) => send(reply, params),
  );
}
