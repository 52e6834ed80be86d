import { type Block, numbered, type Page } from '@agento/evidence';
import type { BackTest, Change, RailTest } from './back-test.ts';

/** Fires of a guardrail that are shown without `all`. */
const usual = 5;

/** What a proposal would have done, for people. */
export function backTestPage(test: BackTest, { all = false } = {}): Page {
  const { runs, blocked_runs, repairs } = test;
  const total = test.rails.reduce((sum, { fires }) => sum + fires.length, 0);
  return [
    {
      is: 'title',
      text: `${numbered(test.rails.length, 'guardrail')} on ${numbered(runs, 'stored run')}`,
    },
    {
      is: 'facts',
      facts: [
        ['fired', numbered(total, 'time')],
        [
          'repairs',
          repairs.calls === 0
            ? 'none'
            : `${numbered(repairs.calls, 'more call')}, about ${repairs.input_tokens} tokens in, ${repairs.output_tokens} out, ${dollars(repairs.cost_usd, 'at least ')}`,
        ],
        ['blocked', blocked_runs === 0 ? 'no run' : numbered(blocked_runs, 'run')],
      ],
    },
    ...test.rails.flatMap((rail) => railBlocks(rail, all)),
  ];
}

function railBlocks({ guardrail, judged, unread, fires }: RailTest, all: boolean): Block[] {
  const { id, action, description } = guardrail;
  const shown = all ? fires : fires.slice(0, usual);
  const left = fires.length - shown.length;
  const noted = fires.filter(({ change }) => change.is === 'noted').length;
  return [
    { is: 'heading', text: `${id} (${action})` },
    { is: 'prose', text: description },
    {
      is: 'facts',
      facts: [
        ['judged', numbered(judged, 'answer')],
        [
          'not judged',
          unread === 0 ? null : `${numbered(unread, 'answer')} that the traces do not hold whole`,
        ],
        [
          'fires',
          fires.length === 0
            ? 'never'
            : `${numbered(fires.length, 'time')}, in ${numbered(new Set(fires.map(({ run_id, trace_id }) => run_id || trace_id)).size, 'run')}`,
        ],
        ['noted only', action === 'repair' && noted > 0 ? numbered(noted, 'time') : null],
      ],
    },
    ...(shown.length === 0
      ? []
      : [
          {
            is: 'entries' as const,
            entries: shown.map(({ run_id, step, span_id, problems, change }) => ({
              head: `${run_id.slice(0, 8)}  ${step}  ${span_id}`,
              body: [
                ...problems.map(
                  ({ pointer, detail, value }) =>
                    `${pointer || 'the answer'}: ${detail}${value === null ? '' : `\n  ${value}`}`,
                ),
                `→ ${changeText(change)}`,
              ].join('\n'),
              tone: change.is === 'noted' ? ('odd' as const) : ('bad' as const),
            })),
          },
        ]),
    ...(left > 0 ? [{ is: 'prose' as const, text: `and ${left} more: --all shows them` }] : []),
  ];
}

function changeText(change: Change): string {
  if (change.is === 'noted') return change.because === undefined ? 'noted' : `noted: ${change.because}`;
  if (change.is === 'repair')
    return `asked again: about ${change.input_tokens} tokens in, ${change.output_tokens} out, ${dollars(change.cost_usd, 'at least ')}`;
  return `the run ends here, after ${numbered(change.calls_before, 'call')}; ${numbered(change.calls_not_made, 'call')} (${dollars(change.cost_not_spent_usd)}) would not have been made`;
}

function dollars(usd: number | null, before = ''): string {
  return usd === null ? 'cost unknown' : `${before}$${usd.toFixed(4)}`;
}
