import { evidenceRoutes } from '@agento/evidence-api';
import Type from 'typebox';
import { RunName } from '../runs-names.ts';
import { evidenceProblems } from './problems.ts';
import { parametersOf } from './runs-operations.ts';

const operations = {
  runs: [
    'listEvidence',
    'Runs there is evidence of, the newest first, as far as their traces have been read: where `is_whole` is false, `left_to_read` traces (null: nobody knows how many) are being read, and come with a later answer',
  ],
  costs: ['sumCosts', 'Calls, tokens, cost and time of the newest runs, by agent and by module'],
  audit: ['auditRuns', 'What the rules of the audit find in the newest runs'],
  run: ['getEvidence', 'A run as its trace has it, without prompts and answers'],
  show: ['showEvidence', 'One thing in a run'],
  why: ['whyEvidence', 'Why a thing, or a sentence of the plan, is as it is: the chain back to the goal'],
  findings: ['auditEvidence', 'What the rules of the audit find in a run'],
  spans: ['listSpans', 'The spans of a run, in a line each'],
  span: ['getSpan', 'A span as it was recorded'],
  compare: ['compareEvidence', 'What is different in this run from an earlier one'],
} as const;

/** The routes of evidence: what the traces of runs say, as `agento show`, `why` and `compare` have it. */
export function evidenceOperations(module: number): Record<string, object> {
  const reading = Object.fromEntries(
    evidenceRoutes.map(({ path, asks, params, querystring }) => {
      const [operationId, summary] = operations[asks];
      const get = {
        operationId,
        summary,
        parameters: [...parametersOf('path', params), ...parametersOf('query', querystring)],
        responses: {
          200: {
            description: 'As `--json` of the command line has it; `page`, where there is one, is for people',
            content: { 'application/json': { schema: Type.Unknown() } },
          },
          ...evidenceProblems(module, operationId),
        },
      };
      return [path.replaceAll(/:(\w+)/g, '{$1}'), { get }];
    }),
  );
  const ofRun = '/runs/{run_id}/evidence';
  return { ...reading, [ofRun]: { ...reading[ofRun], delete: removal(module) } };
}

function removal(module: number): object {
  const operationId = 'deleteEvidence';
  return {
    operationId,
    summary: 'Removes the traces of all attempts at a run that has ended from the folder they are in',
    parameters: parametersOf('path', RunName),
    responses: { 204: { description: 'They are removed' }, ...evidenceProblems(module, operationId) },
  };
}
