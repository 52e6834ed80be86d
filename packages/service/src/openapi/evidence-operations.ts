import {
  AttemptQuery,
  CompareQuery,
  ListQuery,
  RunName,
  ShowQuery,
  SpanName,
  WhyQuery,
} from '@agento/evidence-api/queries';
import Type, { type TObject } from 'typebox';
import { evidenceProblems } from './problems.ts';
import { parametersOf } from './runs-operations.ts';

/** The routes of evidence: what the traces of runs say, as `agento show`, `why` and `compare` have it. */
export function evidenceOperations(module: number): Record<string, object> {
  const operation = (operationId: string, summary: string, path: TObject | undefined, query: TObject) => ({
    get: {
      operationId,
      summary,
      parameters: [...parametersOf('path', path), ...parametersOf('query', query)],
      responses: {
        200: {
          description: 'As `--json` of the command line has it; `page`, where there is one, is for people',
          content: { 'application/json': { schema: Type.Unknown() } },
        },
        ...evidenceProblems(module, operationId),
      },
    },
  });
  return {
    '/evidence/runs': operation(
      'listEvidence',
      'Runs there is evidence of, the newest first',
      undefined,
      ListQuery,
    ),
    '/runs/{run_id}/evidence': operation('getEvidence', 'A run as its trace has it', RunName, AttemptQuery),
    '/runs/{run_id}/evidence/show': operation('showEvidence', 'One thing in a run', RunName, ShowQuery),
    '/runs/{run_id}/evidence/why': operation(
      'whyEvidence',
      'Why a thing, or a sentence of the plan, is as it is: the chain back to the goal',
      RunName,
      WhyQuery,
    ),
    '/runs/{run_id}/evidence/spans': operation(
      'listSpans',
      'The spans of a run, in a line each',
      RunName,
      AttemptQuery,
    ),
    '/runs/{run_id}/evidence/spans/{span_id}': operation(
      'getSpan',
      'A span as recorded',
      SpanName,
      AttemptQuery,
    ),
    '/runs/{run_id}/evidence/compare': operation(
      'compareEvidence',
      'What is different in this run from an earlier one',
      RunName,
      CompareQuery,
    ),
  };
}
