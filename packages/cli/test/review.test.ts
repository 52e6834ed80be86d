import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { serve } from './answering.ts';
import { runId } from './events.ts';
import { agento } from './test-terminal.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'review-'));
});
afterEach(() => rm(folder, { recursive: true }));

const page = {
  run_id: runId,
  run_attempt: 1,
  goal: 'Open a repair café',
  waiting: true,
  requests: [
    {
      ...{ id: 'r-p1-i2', item_id: 'p1-i2', item_title: 'Find a hall', item_description: 'A hall\u001b[2J.' },
      ...{ request: 'Say by when.', reasoning: 'There is no date.', targeted_criteria: ['c2'] },
      verdicts: [
        { criterion_id: 'c2', criteria: 'Dates', result: 'fail', score: 0.4, reasoning: 'No date is named.' },
      ],
      approver: {
        approved: false,
        reasoning: 'It would crowd the text.',
        impact_assessment: [{ criterion_id: 'c2', impact: 'improve', note: 'A date is there then.' }],
      },
    },
  ],
  review: null,
};
const resource = {
  ...{ run_id: runId, run_attempt: 1, module: 1, state: 'running', stage: 'later_module', goal: 'g' },
  ...{ began_at: '2026-11-28T10:00:00Z', changed_at: '2026-11-28T10:00:00Z', executions: 2 },
  ...{ calls: 1, input_tokens: 1, output_tokens: 1, cost_usd: null },
};

describe('agento review', () => {
  test('shows what the run waits for, with its verdicts, and harmless.', async () => {
    const { url, asked } = await serve(200, JSON.stringify(page));
    const { exitCode, stdout } = await agento(['review', runId, '--url', url]);
    expect(exitCode).toBe(0);
    expect(asked).toEqual([`GET /runs/${runId}/review - -`]);
    for (const shown of [
      'waits for your decision',
      'r-p1-i2',
      'Say by when.',
      'No date is named.',
      'not approved',
    ])
      expect(stdout).toContain(shown);
    expect(stdout).not.toContain('\u001b[2J');
  });

  test('decides, and says that the run goes on.', async () => {
    const { url, asked } = await serve(202, JSON.stringify(resource));
    const words = ['--reject', 'r-p1-i2', '--reason', 'It is good.', '--keep-others'];
    const { exitCode, stdout } = await agento(['review', runId, ...words, '--url', url]);
    expect([exitCode, asked]).toEqual([0, [`POST /runs/${runId}/review - application/json`]]);
    expect(stdout).toContain(`The run ${runId} was reviewed and is running`);
  });

  test('takes the decisions from a file, and says where it is wrong before it asks.', async () => {
    const { url, asked } = await serve(202, JSON.stringify(resource));
    const file = path.join(folder, 'decisions.json');
    await writeFile(file, JSON.stringify({ decisions: [{ request: 'r-p1-i2', decision: 'perhaps' }] }));
    const wrong = await agento(['review', runId, '--file', file, '--url', url]);
    expect([wrong.exitCode, asked]).toEqual([2, []]);
    expect(wrong.stderr).toContain('/decisions/0/decision');
    await writeFile(file, JSON.stringify({ decisions: [{ request: 'r-p1-i2', decision: 'approve' }] }));
    expect((await agento(['review', runId, '--file', file, '--url', url])).exitCode).toBe(0);
  });

  test.each([
    [['--reject', 'r-p1-i2'], 'takes a reason'],
    [['--reword', 'r-p1-i2'], 'must be <id>=<text>'],
    [['--reason', 'So it is.'], 'none is named'],
    [['--file', 'x.json', '--keep-others'], 'either --file'],
  ])('refuses %j.', async (words, why) => {
    const { exitCode, stderr } = await agento(['review', runId, ...words]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(why);
  });

  test('says what the service says of a run that does not wait.', async () => {
    const detail = 'The run is running: only one that waits for review can be reviewed';
    const problem = { type: 'urn:agento:problem:conflict', title: 'Conflict', status: 409, detail };
    const { url } = await serve(409, JSON.stringify(problem));
    const { exitCode, stderr } = await agento(['review', runId, '--keep-others', '--url', url]);
    expect(exitCode).toBe(2);
    expect(stderr).toBe(`✖ ${detail}\n`);
  });
});
