import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chain, uuidPattern } from '@agento/contracts';
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { runDirectory } from './files.ts';
import { ProblemError, problem } from './problem.ts';
import type { Service } from './service.ts';

const names = [
  'final_plan.md',
  'final_plan.json',
  ...chain.map(({ number }) => `module${number}_output.json`),
];

/** `GET /runs/{run_id}/artifacts/{name}`: the files a run left here. Names are a short list, so no path can be asked for. */
export function registerArtifactRoute(app: FastifyInstance, { settings }: Service): void {
  app.get<{ Params: { run_id: string; name: string } }>(
    '/runs/:run_id/artifacts/:name',
    {
      schema: {
        summary: 'A file of a run',
        params: Type.Object({
          run_id: Type.String({ pattern: uuidPattern }),
          name: Type.Enum(names, { type: 'string' }),
        }),
      },
    },
    async (request, reply) => {
      const { run_id, name } = request.params;
      try {
        const content = await readFile(join(runDirectory(settings.dataDir, run_id), name));
        reply.type(name.endsWith('.md') ? 'text/markdown; charset=utf-8' : 'application/json');
        return content;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
        throw new ProblemError(problem('not-found', 404, `The run ${run_id} has no ${name} here`));
      }
    },
  );
}
