import { StepError } from '@agento/agent';
import { mostAttempts, Problem } from '@agento/contracts';
import { badInput, problem, problemOf } from '../problem.ts';
import { conflictTitles } from '../runs/conflict.ts';
import { exampleIds, exampleProblem } from './examples.ts';

/** When a problem occurs, and the problem. */
type Cause = [when: string, problem: Problem];

const { run_id, trace_id } = exampleIds;
const timeout = new StepError(
  'model_timeout',
  'The model did not answer within 120000 ms, the time limit of one call (AGENTO_LLM_TIMEOUT_MS)',
);

/** Errors of HTTP itself or of the caller, before any route. */
const atEdge: Cause[] = [
  [
    'The Host is missing or repeated',
    unusable(400, 'The request must name exactly one host, as name or name:port'),
  ],
  [
    'The Host is not allowed, or the request comes from a page of another site',
    problem('forbidden', 403, 'The request comes from a page of another origin'),
  ],
  ['The request did not arrive within 28 s', unusable(408, 'The request did not arrive within 28 s')],
  [
    'Expect asks for anything but 100-continue',
    unusable(417, 'The only supported expectation is 100-continue'),
  ],
  ['The headers are over 16 KiB', unusable(431, 'The request headers are over the limit of 16 KiB')],
  [
    'An internal error',
    problem('internal', 500, 'The service failed; see the trace and the log for the cause'),
  ],
];

const withoutKey: Cause = [
  'The service has keys (AGENTO_API_KEYS, AGENTO_HOP_KEY) and the request has none of them',
  problem(
    'unauthorized',
    401,
    "The request needs one of this service's keys (AGENTO_API_KEYS) as authorization: Bearer …, and it came without one",
  ),
];

const ofFiles: Cause[] = [
  [
    'The run_id is not a UUID, the attempt is not a valid number, or the name is not that of a run’s file',
    badInput([{ pointer: '/run_id', detail: 'must be a UUID' }]).problem,
  ],
  ['The run has no such file', problem('not-found', 404, `The run ${run_id} has no final_plan.md here`)],
  ['The URL is too long', unusable(414, 'The URL is invalid or too long')],
];

/** Of `POST /run`, with the module after this one; null where this is the last of the chain. */
function ofRuns(next: number | null): Cause[] {
  const causes: Cause[] = [
    [
      'The input does not match the schema, is not JSON in UTF-8, or is too long',
      {
        ...badInput([
          { pointer: '/stop_afer', detail: 'unknown field stop_afer' },
          { pointer: '/goal', detail: 'must not be empty or blank' },
        ]).problem,
        trace_id,
      },
    ],
    [
      'The client accepts neither JSON nor events',
      problem(
        'not-acceptable',
        406,
        'Responses are application/json or text/event-stream: accept one of them',
        { trace_id },
      ),
    ],
    [
      'A run with this run_id exists',
      problem('conflict', 409, `The run ${run_id} already exists: use another run_id, or none`, {
        title: conflictTitles.exists,
        trace_id,
      }),
    ],
    [
      'The run is active in this module',
      problem('conflict', 409, `The run ${run_id} is already active in this module`, {
        title: conflictTitles.active,
        trace_id,
      }),
    ],
    [
      'The run of an Idempotency-Key goes on',
      problem('conflict', 409, 'The run this Idempotency-Key stands for goes on: follow it at its Location', {
        title: conflictTitles.goesOn,
        trace_id,
      }),
    ],
    [
      'The run has as many attempts as it may have',
      problem(
        'conflict',
        409,
        `The run ${run_id} has ${mostAttempts} attempts: post its output with another run_id`,
        {
          title: conflictTitles.attempts,
          trace_id,
        },
      ),
    ],
    [
      'The Idempotency-Key came with another body before',
      problem(
        'key-reused',
        422,
        'This Idempotency-Key came with another body before: use a new key for a new run',
        exampleIds,
      ),
    ],
    [
      'The body is over the limit',
      problem('too-large', 413, 'The body is larger than this module accepts', { trace_id }),
    ],
    [
      'The body is not application/json in UTF-8, plain or gzipped',
      problem('unsupported-media-type', 415, 'Send the input with content-type: application/json', {
        trace_id,
      }),
    ],
    [
      'The run has used what its limits allow',
      problem(
        'limit-reached',
        402,
        'The run may use 20 model calls and has used 20 model calls, those under way included (4 model calls in the modules before). To go on, resume the run with a higher limits.calls (default: AGENTO_LIMIT_CALLS)',
        exampleIds,
      ),
    ],
    [
      'A step failed because of an internal error',
      problem('internal', 500, 'The module failed; see the trace and the log for the cause', exampleIds),
    ],
    [
      'A guardrail (AGENTO_GUARDRAILS) blocked an answer',
      problem(
        'guardrail-blocked',
        502,
        'The guardrail no-placeholders blocks the answer of ItemExpander: /text holds what it must not hold: \\bTBD\\b',
        { ...exampleIds, step: 'item_generation', agent_name: 'ItemExpander', guardrail: 'no-placeholders' },
      ),
    ],
    [
      'The model could not be reached, refused, or its answer was still unusable after one repair',
      exampleProblem,
    ],
    [
      'Too many runs, or the service is stopping',
      problem(
        'busy',
        503,
        'The service accepts no runs at the moment: it has 64 active runs. Try again shortly.',
        {
          trace_id,
        },
      ),
    ],
    [
      'The run took longer than its limit',
      problem('out-of-time', 504, 'The run took longer than 1800000 ms', exampleIds),
    ],
    ['A model call took longer than its limit', { ...problemOf(timeout), ...exampleIds }],
  ];
  if (next === null) return causes;
  return [
    ...causes,
    [
      'The next module could not be reached, broke off, or rejected the request',
      problem('next-module-failed', 502, `Module ${next} ended its response without a result`, {
        ...exampleIds,
        module: next,
      }),
    ],
    [
      'The next module is busy',
      problem(
        'next-module-failed',
        503,
        `Module ${next} rejected the request: The service accepts no runs at the moment: it is stopping. Try again shortly.`,
        { ...exampleIds, module: next },
      ),
    ],
  ];
}

/** Of the routes of runs, by their operation. */
const ofRunRoutes: Record<string, Cause[]> = {
  followRun: [
    [
      'Too many follow runs at the moment',
      problem('busy', 503, 'The service already has 336 readers of events. Try again shortly.'),
    ],
  ],
  resumeRun: [
    [
      'The run goes on, or has finished',
      problem('conflict', 409, 'The run is finished: only one that failed or was cancelled can be resumed', {
        title: conflictTitles.resume,
      }),
    ],
  ],
  getReview: [
    [
      'The run was not asked for with review, or there is nothing to decide yet',
      problem('not-found', 404, `The run ${run_id} has nothing to decide yet: module 1 is at work`),
    ],
    [
      'The modules after do not say what there is to decide',
      problem(
        'next-module-failed',
        502,
        'What is to be decided is not known here, and module 2 does not say it: try again when the modules after this one are up',
      ),
    ],
  ],
  reviewRun: [
    [
      'The decisions are about other requests, about one twice, about some only, or without a reason',
      badInput([
        {
          pointer: '/decisions',
          detail:
            'leaves r-p1-i2 undecided: name every request, or send "others": "keep" to have module 4\'s own decision stand for the rest',
        },
      ]).problem,
    ],
    [
      'The run does not wait, was reviewed with other decisions, or began in an earlier module',
      problem('conflict', 409, 'The run is running: only one that waits for review can be reviewed', {
        title: conflictTitles.review,
      }),
    ],
    [
      'The modules after do not say what there is to decide',
      problem(
        'next-module-failed',
        502,
        'What is to be decided is not known here, and module 2 does not say it: try again when the modules after this one are up',
      ),
    ],
  ],
  deleteRun: [
    [
      'The run has ended, but its evidence is not safe yet',
      problem(
        'conflict',
        409,
        'The run has ended, but its evidence is still being sent: delete it again in a minute',
        { title: conflictTitles.remove },
      ),
    ],
    [
      'A next module cannot be asked to delete it',
      problem(
        'next-module-failed',
        502,
        'The next module cannot be reached, so the run was deleted nowhere: try again when it is up',
      ),
    ],
  ],
};

const notKnown: Cause[] = [
  [
    'The run_id is not a UUID, or a parameter is unknown',
    badInput([{ pointer: '/run_id', detail: 'must be a UUID' }]).problem,
  ],
  ['The run is not known here', problem('not-found', 404, `The run ${run_id} is not known here`)],
  ['The URL is too long', unusable(414, 'The URL is invalid or too long')],
];

/** As the edge writes it, for requests that reach no route. */
function unusable(status: number, detail: string): Problem {
  return { ...problem('bad-input', status, detail), title: 'Invalid request' };
}

export const retryAfter = { description: 'Seconds', schema: { type: 'integer' }, example: 1 };

const headers: Record<number, object> = {
  401: { 'WWW-Authenticate': { schema: { type: 'string' }, example: 'Bearer realm="agento"' } },
  503: { 'Retry-After': retryAfter },
};

/** The error responses by status, with an example of each cause. */
function responses(module: number, instance: string, causes: Cause[]): Record<string, object> {
  const byStatus = Map.groupBy(causes, ([, { status }]) => status);
  return Object.fromEntries(
    [...byStatus].map(([status, all]) => [
      String(status),
      {
        description: all.map(([when]) => when).join('. Or: '),
        ...(headers[status] && { headers: headers[status] }),
        content: {
          'application/problem+json': {
            schema: Problem,
            examples: Object.fromEntries(
              all.map(([summary, given], index) => [
                `${given.type.slice(given.type.lastIndexOf(':') + 1)}${index > 0 ? `-${index + 1}` : ''}`,
                { summary, value: { ...given, instance, module: given.module ?? module } },
              ]),
            ),
          },
        },
      },
    ]),
  );
}

/** For a route without a key. */
export function openProblems(module: number, path: string): Record<string, object> {
  return responses(module, path, atEdge);
}

/** Of the files of runs. */
export function fileProblems(module: number, path: string): Record<string, object> {
  return responses(module, path, [...ofFiles, withoutKey, ...atEdge]);
}

/** Of a route of runs. */
export function runsProblems(module: number, operation: string): Record<string, object> {
  const causes = [...notKnown, ...(ofRunRoutes[operation] ?? []), withoutKey, ...atEdge];
  return responses(module, `/runs/${run_id}`, causes);
}

/** Of `POST /run`; `next` is the number of the module after this one, null where there is none. */
export function runProblems(module: number, next: number | null): Record<string, object> {
  return responses(module, '/run', [...ofRuns(next), withoutKey, ...atEdge]);
}

const notRemoved: Cause[] = [
  [
    'The run goes on, or its last spans are not safe yet',
    problem(
      'conflict',
      409,
      `The run is running: cancel it (DELETE /runs/${run_id}) or wait until it has ended, then delete its evidence`,
      { title: conflictTitles.removeEvidence },
    ),
  ],
  [
    'The traces are in Jaeger, or in a file that cannot be changed',
    problem(
      'conflict',
      409,
      'The trace is in Jaeger (http://127.0.0.1:16686), which deletes no single one: it goes when its retention ends.',
      { title: conflictTitles.removeEvidence },
    ),
  ],
];

/** Routes of evidence that are of no one run. */
const overRuns: Record<string, string> = {
  listEvidence: '/evidence/runs',
  sumCosts: '/evidence/costs',
  auditRuns: '/evidence/findings',
};

/** Of a route of evidence. */
export function evidenceProblems(module: number, operation: string): Record<string, object> {
  const causes: Cause[] = [
    [
      'The run_id is not a UUID, or what is asked for is nothing in the run, or several things',
      badInput([{ pointer: '', detail: 'Nothing in this run is “c9”' }]).problem,
    ],
    ['There is no evidence of the run', problem('not-found', 404, `No run ${run_id}`)],
    ...(operation === 'deleteEvidence' ? notRemoved : []),
    ['The URL is too long', unusable(414, 'The URL is invalid or too long')],
    withoutKey,
    ...atEdge,
  ];
  return responses(module, overRuns[operation] ?? `/runs/${run_id}/evidence`, causes);
}
