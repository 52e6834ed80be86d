import { seeded } from '../../src/eval/seeded.ts';
import { beginAudit, type Finding, readRuns, type Trace } from '../../src/index.ts';
import { faults } from './faults.ts';

export interface Measured {
  fault: string;
  rule: string;
  planted: number;
  found: number;
  /** Of those found, how many name the step. */
  named: number;
  /** Findings of the rule, and of all rules, that are not there without the fault and are not of it. */
  falseOnes: number;
}

/** The same finding in other words: what is counted may differ by what was planted elsewhere. */
const keyOf = ({ rule, trace_id, span_id, message }: Finding) =>
  [rule, trace_id, span_id, message.replace(/(?<![\w-])[\d.]+/g, '#')].join(' ');

function findingsIn(traces: Trace[]): Finding[] {
  const audit = beginAudit();
  for (const trace of traces) for (const reading of readRuns(trace)) audit.add(reading);
  return audit.findings();
}

/** Plants each fault so often, each time in copies of the traces, and audits them. */
export function measure(traces: Trace[], { seed, each }: { seed: number; each: number }): Measured[] {
  const undisturbed = new Set(findingsIn(traces).map(keyOf));
  return faults.map(({ name, rule, also = [], plant }, index) => {
    const random = seeded(seed + index);
    const measured = { fault: name, rule, planted: 0, found: 0, named: 0, falseOnes: 0 };
    for (let round = 0; round < each; round += 1) {
      const copies = structuredClone(traces);
      const steps = plant(copies, random);
      if (steps === null) continue;
      measured.planted += 1;
      const fresh = findingsIn(copies).filter((finding) => !undisturbed.has(keyOf(finding)));
      // A copied run has what its original has; a rule over many runs counts anew.
      const own = fresh.filter((finding) => finding.rule === rule);
      if (own.length > 0) measured.found += 1;
      if (own.some(({ span_id }) => steps.has(span_id ?? ''))) measured.named += 1;
      measured.falseOnes += fresh.filter(
        (finding) =>
          (finding.rule === rule && !steps.has(finding.span_id ?? '')) ||
          (finding.rule !== rule && !also.includes(finding.rule) && !finding.trace_id.endsWith('x')),
      ).length;
    }
    return measured;
  });
}

const share = (part: number, whole: number) => (whole === 0 ? '–' : (part / whole).toFixed(2));

/** A table in Markdown. */
export function tableOf(measured: Measured[]): string {
  const rows = measured.map(({ fault, rule, planted, found, named, falseOnes }) =>
    [
      fault,
      `\`${rule}\``,
      planted,
      share(found, planted),
      share(found, found + falseOnes),
      share(named, found),
    ].join(' | '),
  );
  return [
    '| fault | rule | planted | recall | precision | step named |',
    '| --- | --- | ---: | ---: | ---: | ---: |',
    ...rows.map((row) => `| ${row} |`),
  ].join('\n');
}
