import { type Block, type Entry, type Page, prose, section, title } from '../page/page.ts';
import { xmlText } from '../xml.ts';
import type { ComparisonOutcome } from './comparisons.ts';
import type { CheckOutcome, GateReport } from './gate.ts';

/** The report for people: what failed and what changed come first, what held in a line. */
export function gatePage(report: GateReport): Page {
  const { suite, passed, runs, cost_usd, checks, comparisons, notes } = report;
  const cost = cost_usd === null ? 'cost unknown' : `$${cost_usd.toFixed(4)}`;
  const failed = checks.filter((check) => !check.passed);
  const held = checks.length - failed.length;
  return [
    title(`${suite}: ${passed ? 'passed' : 'FAILED'} (${runs} ${runs === 1 ? 'run' : 'runs'}, ${cost})`),
    ...section('Checks that do not hold', failed.map(checkEntry)),
    ...section('Against the baseline', comparisons.map(comparisonEntry)),
    ...section(
      'To be known',
      notes.map((note) => ({ head: note, tone: 'odd' })),
    ),
    ...(held > 0 ? ([prose(`${held} of ${checks.length} checks hold.`)] satisfies Block[]) : []),
  ];
}

function checkEntry({ goal, name, says }: CheckOutcome): Entry {
  return { head: goal === null ? name : `${goal}: ${name}`, body: says.join('\n'), tone: 'bad' };
}

function comparisonEntry({ name, passed, says, goals }: ComparisonOutcome): Entry {
  const numbers = (list: number[]) => list.map((number) => Number(number.toPrecision(4))).join(' ') || '–';
  const rows = goals.map(({ goal, before, now }) => `${goal}: ${numbers(before)} → ${numbers(now)}`);
  return {
    head: `${name}: ${says}`,
    tone: passed ? 'good' : 'bad',
    ...(!passed && { body: rows.join('\n') }),
  };
}

/** The report as JUnit's XML: a test suite a goal, one of what belongs to no goal, and one of the comparisons. */
export function gateJunit({ suite, checks, comparisons }: GateReport): string {
  const byGoal = Map.groupBy(checks, ({ goal }) => goal ?? 'the suite');
  const suites = [...byGoal].map(([name, own]) => ({
    name,
    cases: own.map(({ name, passed, says }) => ({ name, passed, says: says.join('\n') })),
  }));
  if (comparisons.length > 0) suites.push({ name: 'against the baseline', cases: comparisons });
  const all = suites.flatMap(({ cases }) => cases);
  const lines = suites.flatMap(({ name, cases }) => [
    `  <testsuite name="${xmlText(`${suite}: ${name}`)}" ${counts(cases)}>`,
    ...cases.map((one) => testCase(`${suite}.${name}`, one)),
    '  </testsuite>',
  ]);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${xmlText(suite)}" ${counts(all)}>`,
    ...lines,
    '</testsuites>',
    '',
  ].join('\n');
}

interface TestCase {
  name: string;
  passed: boolean;
  says: string;
}

function counts(cases: TestCase[]): string {
  return `tests="${cases.length}" failures="${cases.filter(({ passed }) => !passed).length}"`;
}

function testCase(className: string, { name, passed, says }: TestCase): string {
  const head = `    <testcase classname="${xmlText(className)}" name="${xmlText(name)}"`;
  if (passed) return `${head}/>`;
  const [first = ''] = says.split('\n');
  return `${head}><failure message="${xmlText(first)}">${xmlText(says)}</failure></testcase>`;
}
