import { type Block, numbered, type Page } from '@agento/evidence';
import type { GuardrailFile } from '@agento/guardrails';
import { stringify } from 'yaml';
import type { BackTest } from './back-test.ts';
import { backTestPage } from './back-test-page.ts';
import type { Critique } from './critic.ts';
import type { Evidence } from './evidence.ts';

/** The proposals as a file that AGENTO_GUARDRAILS takes. */
export function guardrailsAsYaml(file: GuardrailFile): string {
  return stringify(file, { lineWidth: 110 });
}

/** What the critic proposes, and what that would have done, for people. */
export function critiquePage(
  { answer, model, file, trace_id }: Critique,
  { findings, left_out, astray }: Evidence,
  test: BackTest | null,
): Page {
  const { proposals } = answer;
  const blocks: Block[] = [
    {
      is: 'title',
      text: `${numbered(proposals.length, 'guardrail')} proposed for ${numbered(findings.size, 'finding')}`,
    },
    {
      is: 'facts',
      facts: [
        ['by', `GuardrailCritic, ${model}`],
        ['trace', trace_id],
        [
          'not shown',
          left_out === 0 ? null : `${numbered(left_out, 'finding')} more: it is shown 50 at once`,
        ],
        [
          'not found',
          astray === 0 ? null : `the span of ${numbered(astray, 'finding')}, in none of these runs`,
        ],
      ],
    },
    ...proposals.flatMap(({ id, action, reasoning, findings: ids }): Block[] => [
      { is: 'heading', text: `${id} (${action})` },
      { is: 'prose', text: reasoning },
      {
        is: 'facts',
        facts: [['answers', ids.map((one) => `${one} ${findings.get(one)?.rule ?? ''}`).join(', ')]],
      },
    ]),
  ];
  if (answer.left_out.length > 0) {
    blocks.push(
      { is: 'heading', text: 'Left out' },
      {
        is: 'entries',
        entries: answer.left_out.map(({ finding, reason }) => ({
          head: `${finding} ${findings.get(finding)?.rule ?? ''}`,
          body: reason,
          tone: 'odd',
        })),
      },
    );
  }
  if (file) blocks.push({ is: 'verbatim', name: 'The file', text: guardrailsAsYaml(file) });
  return [...blocks, ...(test ? backTestPage(test) : [])];
}
