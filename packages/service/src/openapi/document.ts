import * as contracts from '@agento/contracts';
import { chain, mostAttempts, version } from '@agento/contracts';
import Type, { type TObject, type TSchema } from 'typebox';
import { FileOfAttempt, FileOfRun } from '../artifact-routes.ts';
import { Ready } from '../health-routes.ts';
import type { Module } from '../module.ts';
import { eventSchemas } from './events.ts';
import { evidenceOperations } from './evidence-operations.ts';
import { exampleIds } from './examples.ts';
import { fileProblems, openProblems, retryAfter } from './problems.ts';
import { refer } from './refer.ts';
import { runOperation } from './run-operation.ts';
import { runsOperations } from './runs-operations.ts';

/** A module as far as its API is described by it. */
export type Described = Pick<Module, 'info'>;

/**
 * The OpenAPI 3.1 document of one module's service. `hasKeys`: whether callers are asked for a key.
 *
 * Written here rather than collected from the routes, which do not know a stream's events or a later module's responses;
 * tests check routes and real responses against it.
 */
export function openapiDocument(module: Described, hasKeys: boolean): object {
  const { number, title, input, output } = module.info;
  const answers = [output, ...chain.slice(number).map((later) => later.output)];
  // Of any, not of one: an output has all that those before it have, and so matches theirs as well.
  const RunOutput = Type.Union(answers, {
    description: `The output of the last module that ran: of module ${number} where stop_after is ${number} or none comes after it`,
  });
  const events = eventSchemas(RunOutput);
  const names = new Map<unknown, string>([
    ...Object.entries(contracts)
      .filter(([name, value]) => /^[A-Z]/.test(name) && typeof value === 'object')
      .map(([name, schema]): [unknown, string] => [schema, name]),
    ...answers.map((output, index): [unknown, string] => [output, `Module${number + index}Output`]),
    ...Object.entries(events.each).map(([name, schema]): [unknown, string] => [schema, name]),
    [input, `Module${number}Input`],
    [RunOutput, 'RunOutput'],
    [events.any, 'RunEvent'],
    [Ready, 'Ready'],
  ]);
  return refer(names, {
    openapi: '3.1.0',
    info: {
      title: `Agento module ${number}: ${title}`,
      description: 'Every error is application/problem+json (RFC 9457).',
      version,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    // A service without keys ignores one.
    security: hasKeys ? [{ key: [] }] : [{}, { key: [] }],
    paths: {
      '/run': { post: runOperation(module, RunOutput, events.stream) },
      '/livez': {
        get: open(number, '/livez', 'The process is up', {
          200: json('It is', Type.Object({ status: Type.Literal('alive') })),
        }),
      },
      '/readyz': {
        get: open(number, '/readyz', 'Whether a run can be taken, and what became of the spans', {
          200: json('A run can be taken', Ready),
          503: {
            ...json('No run can be taken now: too many, stopping, or the disk cannot be written', Ready),
            headers: { 'Retry-After': retryAfter },
          },
        }),
      },
      '/metrics': {
        get: open(
          number,
          '/metrics',
          'Requests, runs, steps, model calls, tokens and spans, for Prometheus',
          {
            200: {
              description:
                'The figures in the text format of Prometheus; in that of OpenMetrics, with spans as exemplars, where Accept names it',
              content: {
                'text/plain': {
                  schema: { type: 'string' },
                  example: `agento_runs_total{outcome="finished",module="${number}"} 1\n`,
                },
                'application/openmetrics-text': {
                  schema: { type: 'string' },
                  example: `# TYPE agento_runs counter\nagento_runs_total{outcome="finished",module="${number}"} 1\n# EOF\n`,
                },
              },
            },
          },
        ),
      },
      ...runsOperations(number, events.stream),
      ...(number === 1 ? evidenceOperations(number) : {}),
      '/runs/{run_id}/artifacts/{name}': {
        get: file(module, 'artifact', 'A file of a run', FileOfRun),
      },
      '/runs/{run_id}/attempts/{attempt}/artifacts/{name}': {
        get: file(
          module,
          'artifactOfAttempt',
          `A file of an attempt at a run, 1 to ${mostAttempts}`,
          FileOfAttempt,
        ),
      },
    },
    components: {
      securitySchemes: {
        key: {
          type: 'http',
          scheme: 'bearer',
          description: 'One of AGENTO_API_KEYS; for POST /run also AGENTO_HOP_KEY',
        },
      },
    },
  });
}

function json(description: string, schema: TSchema) {
  return { description, content: { 'application/json': { schema } } };
}

/** A route without a key. */
function open(module: number, path: string, summary: string, responses: Record<number, object>) {
  return {
    operationId: path.slice(1),
    summary,
    security: [],
    responses: { ...responses, ...openProblems(module, path) },
  };
}

function file({ info }: Described, operationId: string, summary: string, params: TObject) {
  const path = `/runs/${exampleIds.run_id}/artifacts/final_plan.md`;
  return {
    operationId,
    summary,
    parameters: Object.entries(params.properties).map(([name, schema]) => ({
      name,
      in: 'path',
      required: true,
      schema,
    })),
    responses: {
      200: {
        description: 'The file as it was written, as an attachment',
        headers: {
          'Content-Disposition': {
            schema: { type: 'string' },
            example: 'attachment; filename="final_plan.md"',
          },
        },
        content: {
          'application/json': {
            schema: { description: 'A module’s output, or the final plan as data', type: 'object' },
          },
          'text/markdown': { schema: { type: 'string' } },
        },
      },
      ...fileProblems(info.number, path),
    },
  };
}
