import { xmlText } from '../xml.ts';
import type { Finding } from './finding.ts';
import type { Unjudged } from './matter.ts';
import type { AuditRule } from './rule.ts';

/** A test case for each rule; one with findings of a severity that fails has failed, one that had nothing to look at is skipped. */
export function asJunit(
  findings: Finding[],
  rules: AuditRule[],
  fails: (finding: Finding) => boolean,
  unjudged: Unjudged[],
): string {
  const cases = rules.map(({ id, question }) => {
    const failing = findings.filter((finding) => finding.rule === id && fails(finding));
    const failures = failing.map(
      ({ severity, message, run_id, span_id }) =>
        `    <failure type="${severity}" message="${xmlText(message)}">${xmlText(`run ${run_id} span ${span_id ?? '-'}`)}</failure>`,
    );
    const silent = unjudged.filter(({ rule }) => rule === id);
    const skipped = silent.map(
      ({ of, most, least }) => `    <skipped message="${xmlText(`${most} ${of}; ${least} are needed`)}"/>`,
    );
    const inside = failures.length > 0 ? failures : skipped;
    const head = `  <testcase classname="${id}" name="${xmlText(question)}"`;
    return {
      failed: failing.length > 0,
      skipped: inside === skipped && skipped.length > 0,
      text: inside.length > 0 ? [`${head}>`, ...inside, '  </testcase>'].join('\n') : `${head}/>`,
    };
  });
  const failed = cases.filter((one) => one.failed).length;
  const skipped = cases.filter((one) => one.skipped).length;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuite name="agento audit" tests="${cases.length}" failures="${failed}" skipped="${skipped}">\n${cases.map(({ text }) => text).join('\n')}\n</testsuite>\n`;
}
