import { chain, limits, mostAttempts, RunResource } from '@agento/contracts';
import type { TSchema } from 'typebox';
import type { Module } from '../module.ts';
import { attemptHeader } from '../runs/attempts.ts';
import { exampleGoal, exampleOutput, exampleProblem, exampleStream } from './examples.ts';
import { runProblems } from './problems.ts';

const traceHeaders = ['traceparent', 'tracestate'].map((name) => ({
  name,
  in: 'header',
  description: 'W3C trace context of the caller',
  schema: { type: 'string' },
}));

const handedOn = {
  name: attemptHeader,
  in: 'header',
  description: 'Attempt number of the run, set by the previous module; not for callers',
  schema: { type: 'integer', minimum: 1, maximum: mostAttempts },
};

const progressHeader = {
  name: 'agento-progress',
  in: 'header',
  description: '`none`: of the events only the last is sent, and the comments',
  schema: { type: 'string', enum: ['none'] },
};

const durableHeaders = [
  {
    name: 'Prefer',
    in: 'header',
    description: '`respond-async`: answer at once with 202 and the run’s Location (RFC 7240)',
    schema: { type: 'string' },
  },
  {
    name: 'Idempotency-Key',
    in: 'header',
    description:
      'For 24 hours, the same key with the same body stands for the same run. One key of printable ASCII characters, in quotes or not; with a comma or a quote in it, in quotes',
    schema: { type: 'string', minLength: 1 },
  },
];

/** `POST /run` of a module, whose answer has the schema `output` or is a stream of events. */
export function runOperation(
  { info: { number, title, input } }: Pick<Module, 'info'>,
  output: TSchema,
  stream: TSchema,
): object {
  const before = number - 1;
  return {
    operationId: 'run',
    summary: `${title}: runs module ${number} and those after it`,
    description:
      'Answers with the last output as JSON, or, with Accept: text/event-stream, with the run’s events as they happen. A caller that closes the connection cancels the run, unless it asked for it asynchronously or with a key.',
    parameters: [...traceHeaders, ...durableHeaders, progressHeader, ...(number === 1 ? [] : [handedOn])],
    requestBody: {
      required: true,
      description: `${number === 1 ? 'A goal' : `What module ${before} wrote to module${before}_output.json`}: JSON in UTF-8, plain or gzipped, at most ${limits.body} bytes.`,
      content: { 'application/json': { schema: input, ...exampleOf([exampleGoal, exampleOutput][before]) } },
    },
    responses: {
      200: {
        description: 'The last module’s output, or the run’s events',
        content: {
          'application/json': { schema: output, ...(number === 1 && exampleOf(exampleOutput)) },
          'text/event-stream': {
            schema: stream,
            ...(number === 1 && {
              examples: {
                finished: { value: exampleStream('run.finished', { output: exampleOutput, module: 1 }) },
                failed: {
                  value: exampleStream('run.failed', {
                    problem: {
                      ...exampleProblem,
                      module: 1,
                      step: 'search_agent',
                      agent_name: 'SearchAgent',
                    },
                  }),
                },
              },
            }),
          },
        },
      },
      202: {
        description: 'The run was accepted (Prefer: respond-async), or waits for a person to decide (review)',
        headers: {
          Location: { schema: { type: 'string' }, example: '/runs/1ddcd8a9-6282-4f40-9e68-4c074e92a601' },
          'Preference-Applied': { schema: { type: 'string' }, example: 'respond-async' },
        },
        content: { 'application/json': { schema: RunResource } },
      },
      ...runProblems(number, number < chain.length ? number + 1 : null),
    },
  };
}

function exampleOf(value: unknown): object {
  return value === undefined ? {} : { example: value };
}
