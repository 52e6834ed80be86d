import { Review, ReviewBody, RunJournal, RunList, RunResource } from '@agento/contracts';
import Type, { type TObject, type TSchema } from 'typebox';
import { AttemptQuery, RunName } from '../runs-names.ts';
import { DeleteQuery, ListQuery, ResumeBody } from '../runs-routes.ts';
import { runsProblems } from './problems.ts';

const ofRun = 'GET /runs/{run_id} shows what came of it';

/** The routes of runs as a resource; `stream` is the schema of their events. */
export function runsOperations(module: number, stream: TSchema): Record<string, object> {
  const operation = (
    operationId: string,
    summary: string,
    { path, query }: { path?: TObject; query: TObject },
    responses: Record<number, object>,
  ) => ({
    operationId,
    summary,
    parameters: [...parametersOf('path', path), ...parametersOf('query', query)],
    responses: { ...responses, ...runsProblems(module, operationId) },
  });
  const resource = (description: string) => ({
    description,
    content: { 'application/json': { schema: RunResource } },
  });
  return {
    '/runs': {
      get: operation(
        'listRuns',
        'Runs of this module, the newest first',
        { query: ListQuery },
        { 200: { description: 'A page of them', content: { 'application/json': { schema: RunList } } } },
      ),
    },
    '/runs/{run_id}': {
      get: operation(
        'getRun',
        'A run: state, progress, cost, output',
        { path: RunName, query: AttemptQuery },
        { 200: resource('The run as this module knows it; `later` is what the next one says') },
      ),
      delete: operation(
        'deleteRun',
        'Cancels a run that goes on; deletes one that has ended, here and in the modules after: all its attempts, or the one that is named',
        { path: RunName, query: DeleteQuery },
        { 202: resource(`It is being cancelled: ${ofRun}`), 204: { description: 'It is deleted' } },
      ),
    },
    '/runs/{run_id}/journal': {
      get: operation(
        'getJournal',
        'The calls of a run with their answers, as this module and those after it recorded them',
        { path: RunName, query: AttemptQuery },
        {
          200: {
            description: 'What was recorded; `later` is what the next module says',
            content: { 'application/json': { schema: RunJournal } },
          },
        },
      ),
    },
    '/runs/{run_id}/events': {
      get: operation(
        'followRun',
        'The events of a run from the first, then as they happen; Last-Event-ID goes on after that one',
        { path: RunName, query: AttemptQuery },
        {
          200: { description: 'The events', content: { 'text/event-stream': { schema: stream } } },
          204: { description: 'The caller has seen the end' },
        },
      ),
    },
    '/runs/{run_id}/review': {
      get: operation(
        'getReview',
        'What a person is to decide before the run goes on, and what was decided',
        { path: RunName, query: AttemptQuery },
        {
          200: {
            description: 'The revision requests with their verdicts, and the review if there was one',
            content: { 'application/json': { schema: Review } },
          },
        },
      ),
      post: {
        ...operation(
          'reviewRun',
          'Decides about the revision requests of a run that waits for that: it goes on',
          { path: RunName, query: AttemptQuery },
          { 202: resource(`It goes on, also if the same review came before: ${ofRun}`) },
        ),
        requestBody: { required: true, content: { 'application/json': { schema: ReviewBody } } },
      },
    },
    '/runs/{run_id}/resume': {
      post: {
        ...operation(
          'resumeRun',
          'Goes on with a run that failed or was cancelled: recorded calls are not made again',
          { path: RunName, query: AttemptQuery },
          { 202: resource(`It goes on: ${ofRun}`) },
        ),
        requestBody: { content: { 'application/json': { schema: ResumeBody } } },
      },
    },
  };
}

/** Those of a path are required, those of a query are not. */
export function parametersOf(place: 'path' | 'query', { properties }: TObject = Type.Object({})) {
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: place,
    required: place === 'path',
    schema,
  }));
}
