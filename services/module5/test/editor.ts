import { harness, type Reply, type RequestBody } from '@agento/agent/testing';
import { type Module5Input, moduleInfo } from '@agento/contracts';
import { plan, produced_by, request, usage } from './data.ts';

const verdict = (item_id: string, criterion_id: string, result: 'pass' | 'fail') => ({
  id: `e-${item_id}-${criterion_id}`,
  item_id,
  criterion_id,
  result,
  score: result === 'pass' ? 1 : 0,
  reasoning: 'r',
  criteria: 'c',
  produced_by,
});
const {
  revision_results: _,
  revised_outline: __,
  criteria_fulfillment_summary: ___,
  quality_report: ____,
  trace_id: _____,
  ...given
} = plan;
export const input: Module5Input = {
  ...given,
  usage: [usage],
  evaluation_results: [
    verdict('p1-i1', 'c1', 'pass'),
    verdict('p1-i1', 'c2', 'fail'),
    verdict('p1-i2', 'c1', 'pass'),
    verdict('p1-i2', 'c2', 'pass'),
  ],
  item_details: [
    {
      item_id: 'p1-i1',
      item_title: 'Room',
      original_evaluation: { c1: 'pass', c2: 'fail' },
      assessment: null,
      revision_request: request,
      revision_evaluation: {
        id: 'v-r-p1-i1',
        approved: true,
        reasoning: 'r',
        impact_assessment: [{ criterion_id: 'c2', impact: 'improve', note: 'n' }],
        produced_by,
      },
    },
    {
      item_id: 'p1-i2',
      item_title: 'People',
      original_evaluation: { c1: 'pass', c2: 'pass' },
      assessment: null,
      revision_request: null,
      revision_evaluation: null,
    },
  ],
};

export function shown(body: RequestBody): Record<string, unknown> {
  const text = body.messages[1]?.content ?? '';
  return JSON.parse(text.slice('<input>\n'.length, -'\n</input>'.length));
}
export const fulfillment = (c2: string) => [
  { criterion_id: 'c1', explanation: 'e1', status: 'fully_met' },
  { criterion_id: 'c2', explanation: 'e2', status: c2 },
];

export const nameOf = (body: RequestBody) => body.response_format?.json_schema?.name;

/** The original says nothing of a date, the first attempt lacks a day; the second has it. */
export function editor(body: RequestBody): Reply {
  const { revised_text, previous_text, suggestions } = shown(body);
  if (nameOf(body) === 'quality_check') {
    const criteria = [
      { criterion_id: 'c1', status: 'fully_met', explanation: 'e1' },
      { criterion_id: 'c2', status: 'partially_met', explanation: 'e2' },
    ];
    return {
      content: {
        constraints: [],
        criteria,
        strengths: [],
        open_issues: ['Insurance'],
        summary: 'Half of it.',
      },
    };
  }
  if (typeof revised_text === 'string') {
    const met = revised_text.includes('1 May');
    const short = revised_text.includes('May') ? 'partially_met' : 'not_met';
    const feedback = (suggestions as { id: string }[]).map(({ id }) => ({
      suggestion_id: id,
      status: 'addressed',
      evidence: 'by 1 May',
    }));
    return {
      content: {
        criteria_fulfillment: fulfillment(met ? 'fully_met' : short),
        feedback,
        reasoning: 'It is about the date.',
        score: met ? 100 : 60,
        improvement_suggestions: met ? [] : ['Name the day.'],
      },
    };
  }
  return {
    content: {
      changes: ['The room gets its date.'],
      revised_text: previous_text ? 'Find a room by 1 May.' : 'Find a room by May.',
    },
  };
}

export const run5 = async (script = editor) => {
  const made = await harness(script);
  return { ...made, run: { ...made.run, module: moduleInfo(5) } };
};
