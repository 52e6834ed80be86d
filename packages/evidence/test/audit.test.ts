import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  asJunit,
  asSarif,
  auditRules,
  beginAudit,
  beginMatter,
  parseTraces,
  readRuns,
  type Trace,
  unjudgedInWords,
} from '../src/index.ts';
import { withoutContent } from './golden/index.ts';
import { measureVariants } from './independent/index.ts';
import { measure } from './planted/index.ts';
import { recordedSummerText, recordedText, recordedTrace } from './recorded/index.ts';

function recordedFindings() {
  const audit = beginAudit();
  for (const reading of readRuns(recordedTrace())) audit.add(reading);
  return audit.findings();
}

describe('the audit of a run whose content was off', () => {
  const audit = beginAudit();
  for (const reading of readRuns(withoutContent(recordedTrace()))) audit.add(reading);

  test('says so in a note, and takes no missing text for a fault', () => {
    const found = audit.findings().map(({ severity, rule, message }) => `${severity} ${rule}: ${message}`);
    expect(found).toEqual([
      'note decision.close: c1 won over c4 by 0; 17 later verdicts are by it.',
      'note decision.close: p3 won over p1 by 0.01; 6 items and 60 calls followed from it.',
      'note decision.close: original won over attempt-1 by 0; the final text of p3-i3 hung on it.',
      'note impact.mispredicted: p3-i2: for c7 worsen was predicted, and no_change came (1 to 1).',
      'note impact.mispredicted: p3-i3: for c1 worsen was predicted, and no_change came (1 to 1).',
      'note impact.mispredicted: p3-i3: for c7 no_change was predicted, and worsen came (1 to 0).',
      'note impact.mispredicted: p3-i4: for c2 worsen was predicted, and no_change came (1 to 1).',
      'note evidence.content_off: Content was switched off: rules that compare texts had nothing to compare.',
    ]);
  });
});

describe('the audit of a recorded run', () => {
  test('names the revision that worsened a criterion it did not target, with its span', () => {
    const found = recordedFindings().filter(({ rule }) => rule === 'revision.worsened');
    expect(found.map(({ message }) => message)).toEqual([
      'p3-i3-a1 lowered c7 from 1 to 0; it was to change c3.',
    ]);
    const writer = readRuns(recordedTrace())[0]?.steps.find(({ span_id }) => span_id === found[0]?.span_id);
    expect(writer?.name).toBe('revision_apply');
  });

  test('finds no error in a run that nobody disturbed', () => {
    expect(recordedFindings().filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  test('gives its findings and those of another run in the same order, whichever comes first', () => {
    const readings = [recordedText(), recordedSummerText()].flatMap(parseTraces).flatMap(readRuns);
    const found = [readings, readings.toReversed()].map((order) => {
      const audit = beginAudit();
      for (const reading of order) audit.add(reading);
      return audit.findings();
    });
    expect(new Set(found[0]?.map(({ run_id }) => run_id)).size).toBe(2);
    expect(found[0]).toEqual(found[1]);
  });

  test('is written as SARIF with every rule, and as JUnit with a failed case for each rule that found something bad', () => {
    const findings = recordedFindings();
    const sarif = asSarif(findings, auditRules, [], '1.0.0');
    expect(sarif.version).toBe('2.1.0');
    expect(sarif.runs[0]?.tool.driver.rules.map(({ id }) => id)).toEqual(auditRules.map(({ id }) => id));
    expect(sarif.runs[0]?.results).toHaveLength(findings.length);
    const junit = asJunit(findings, auditRules, ({ severity }) => severity === 'warning', []);
    expect(junit).toContain('<failure type="warning" message="p3-i3-a1 lowered c7 from 1 to 0;');
  });
});

describe('what a judge says in a replay', () => {
  const passing = recordedTrace();
  for (const span of passing.spans.filter(({ name }) => name === 'expansion_evaluation'))
    for (const { name, attributes } of span.events)
      if (name === 'gen_ai.evaluation.result') attributes['gen_ai.evaluation.score.label'] = 'pass';
  const replay = structuredClone(passing);
  replay.trace_id = 'e'.repeat(32);
  for (const span of replay.spans) {
    span.trace_id = replay.trace_id;
    if (span.attributes['agento.step'] === 'model.call') span.attributes['agento.replayed'] = true;
  }
  const lenient = auditRules.filter(({ id }) => id === 'judge.lenient');
  const sure = (...traces: Trace[]) => {
    const audit = beginAudit(lenient);
    for (const reading of traces.flatMap(readRuns)) audit.add(reading);
    return audit.findings().map((finding) => finding.sure?.slice(0, 8));
  };

  test('is not counted again, where the recorded run said it', () => {
    expect(sure(passing)).toEqual(['30 of 30']);
    expect(sure(passing, replay)).toEqual(['30 of 30']);
  });

  test('counts once if its run comes twice, as the fuller of the two', () => {
    const torn = structuredClone(passing);
    torn.spans = torn.spans.filter((span) => span.attributes['agento.criterion.id'] !== 'c1');
    expect(sure(torn, passing, passing)).toEqual(['30 of 30']);
    expect(sure(passing, torn)).toEqual(['30 of 30']);
  });
});

// A judge can be called lenient, or a prompt bad, of many runs only; the choice of the recorded run is close already.
const needMany = new Set([
  'judge.lenient',
  'judge.no_spread',
  'prompt.behind_failures',
  'decision.close',
  'judge.favours',
  'rating.uncalibrated',
]);

test('faults planted in a recorded run are found, at their steps', { timeout: 60_000 }, () => {
  const measured = measure([recordedTrace()], { seed: 7, each: 2 }).filter(({ rule }) => !needMany.has(rule));
  expect(measured.filter(({ planted, named }) => planted === 0 || named < planted)).toEqual([]);
});

test('faults of other forms are found, and what only looks like them is not', { timeout: 240_000 }, () => {
  const rules = auditRules.flatMap((rule) => ('find' in rule && !needMany.has(rule.id) ? [rule.id] : []));
  const results = measureVariants([recordedTrace()], { seed: 7, each: 1, rules });
  expect(results.flatMap(({ rule, missed }) => missed.map((what) => `${rule}: ${what}`))).toEqual([]);
});

test('docs/audit.md lists the rules as they are', () => {
  // Without the blanks that line up its columns.
  const docs = readFileSync(new URL('../../../docs/audit.md', import.meta.url), 'utf8').replace(/ +/g, ' ');
  const rows = auditRules.map(({ id, severity, question, taxonomy }) =>
    `| \`${id}\` | ${severity} | ${question} | ${taxonomy ?? ''} |`.replace(/ +/g, ' '),
  );
  expect(docs).toContain(rows.join('\n'));
});

describe('Rules that had nothing to look at', () => {
  const [recorded] = readRuns(recordedTrace());
  if (!recorded) throw new Error('the recorded trace has no run');

  test('are named with what they lacked, so that their silence is not taken for praise', () => {
    const matter = beginMatter(auditRules);
    matter.add(recorded);
    expect(unjudgedInWords(matter.unjudged(), auditRules.length)).toBe(
      `3 of ${auditRules.length} rules had nothing to look at, or too little, and say nothing of these runs: ` +
        'judge.favours (1 of the 10 choices of a plan it needs), ' +
        'rating.uncalibrated (3 of the 20 plans rated by their writer and scored later it needs), ' +
        'critic.balance (1 of the 10 suggestions of one critic that a writer was told it needs).',
    );
  });

  test('are all but those on evidence where a run has no steps, and each rule can be among them', () => {
    const matter = beginMatter(auditRules);
    const lists = ['steps', 'calls', 'decisions', 'verdicts', 'criteria', 'plans', 'items', 'requests'];
    const empty = Object.fromEntries(
      [...lists, 'suggestions', 'guardrails', 'links'].map((name) => [name, []]),
    );
    matter.add({ ...recorded, ...empty });
    const silent = matter.unjudged().map(({ rule }) => rule);
    const onEvidence = ['evidence.incomplete', 'evidence.content_off'];
    expect([...silent, ...onEvidence].sort()).toEqual(auditRules.map(({ id }) => id).sort());
  });

  test('are skipped in JUnit’s XML, and notified of in SARIF', () => {
    const unjudged = [{ rule: 'judge.favours', of: 'choices of a plan', most: 1, least: 10 }];
    const junit = asJunit([], auditRules, () => true, unjudged);
    expect(junit).toContain(`tests="${auditRules.length}" failures="0" skipped="1"`);
    expect(junit).toMatch(
      /classname="judge\.favours".*>\n {4}<skipped message="1 choices of a plan; 10 are needed"\/>\n {2}<\/testcase>/,
    );
    expect(asSarif([], auditRules, unjudged, '1.0.0').runs[0]?.invocations).toEqual([
      {
        executionSuccessful: true,
        toolExecutionNotifications: [
          {
            level: 'note',
            associatedRule: { id: 'judge.favours' },
            message: {
              text: 'judge.favours says nothing of these runs: 1 choices of a plan; 10 are needed.',
            },
          },
        ],
      },
    ]);
  });
});
