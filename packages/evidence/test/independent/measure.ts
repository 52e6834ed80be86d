import { seeded } from '../../src/eval/seeded.ts';
import {
  auditRules,
  beginAudit,
  type Finding,
  type RunReading,
  readRuns,
  type Trace,
} from '../../src/index.ts';
import { ofDecisions } from './of-decisions.ts';
import { ofFeedback } from './of-feedback.ts';
import { ofRuns } from './of-runs.ts';
import { ofVerdicts } from './of-verdicts.ts';
import { run, type Variant } from './variant.ts';

export const variants: Variant[] = [...ofVerdicts, ...ofFeedback, ...ofDecisions, ...ofRuns];

/** What came of all variants for one rule. */
export interface RuleResult {
  rule: string;
  /** How many forms of the fault there are, and how often they were made. */
  forms: number;
  made: number;
  /** Of those made: how often the rule said something new, and at a right step. */
  found: number;
  named: number;
  /** How many forms only look like it, how often they were made, and how often the rule spoke. */
  alike: number;
  madeAlike: number;
  /** New findings elsewhere, and all of what only looks like the fault. */
  falseOnes: number;
  /** What was missed, named wrongly or taken for a fault, in words. */
  missed: string[];
}

/** Makes each variant so often, each time in copies of the traces, and audits them with its rule. */
export function measureVariants(
  traces: Trace[],
  { seed, each, rules }: { seed: number; each: number; rules?: string[] },
): RuleResult[] {
  const clean = traces.flatMap((trace) => readRuns(trace));
  const wanted = variants.filter(({ rule }) => rules?.includes(rule) ?? true);
  return [...Map.groupBy(wanted, ({ rule }) => rule)].map(([rule, own]) => {
    // A rule over many runs judges anew of what is altered in all of them.
    const before = new Set(overMany(rule) ? [] : findingsOf(rule, clean).map(keyOf));
    const result = { rule, forms: 0, made: 0, found: 0, named: 0, alike: 0, madeAlike: 0, falseOnes: 0 };
    const missed = new Set<string>();
    for (const { what, isFault, plant } of own) {
      const random = seeded(seed);
      let made = 0;
      for (let time = 0; time < each; time += 1) {
        // One place is altered, or all of them.
        const some = overMany(rule) ? traces : drawn(traces, random);
        const copies = structuredClone(some);
        const planted = plant(copies, (list) => list[Math.floor(random() * list.length)]);
        if (planted === null) continue;
        made += 1;
        const right = isFault ? planted : [];
        const fresh = findingsOf(
          rule,
          copies.flatMap((copy) => readRuns(copy)),
        ).filter((finding) => !before.has(keyOf(finding)));
        const hits = fresh.filter(({ span_id }) => right.includes(span_id ?? run));
        result.falseOnes += fresh.length - hits.length;
        if (fresh.length > hits.length || (isFault && hits.length === 0)) missed.add(what);
        if (!isFault) continue;
        if (fresh.length > 0) result.found += 1;
        if (hits.length > 0) result.named += 1;
      }
      if (made === 0) throw new Error(`These traces have no place for “${what}” (${rule}).`);
      result[isFault ? 'forms' : 'alike'] += 1;
      result[isFault ? 'made' : 'madeAlike'] += made;
    }
    return { ...result, missed: [...missed] };
  });
}

const share = (part: number, all: number) => (all === 0 ? '–' : (part / all).toFixed(2));

/** A table in Markdown, with what was missed below it. */
export function tableOfVariants(results: RuleResult[]): string {
  const sum = (of: (result: RuleResult) => number) => results.reduce((all, result) => all + of(result), 0);
  const rowOf = (result: Omit<RuleResult, 'missed'>, name: string) =>
    [
      name,
      `${result.forms} (${result.made})`,
      `${result.alike} (${result.madeAlike})`,
      share(result.found, result.made),
      share(result.named, result.named + result.falseOnes),
      share(result.named, result.found),
    ].join(' | ');
  const all = {
    rule: '',
    forms: sum(({ forms }) => forms),
    made: sum(({ made }) => made),
    found: sum(({ found }) => found),
    named: sum(({ named }) => named),
    alike: sum(({ alike }) => alike),
    madeAlike: sum(({ madeAlike }) => madeAlike),
    falseOnes: sum(({ falseOnes }) => falseOnes),
  };
  return [
    '| rule | faults (made) | no faults (made) | recall | precision | step named |',
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    ...results.map((result) => `| ${rowOf(result, `\`${result.rule}\``)} |`),
    `| ${rowOf(all, 'all')} |`,
    ...results.flatMap(({ rule, missed }) => missed.map((what) => `\n${rule} is wrong about: ${what}`)),
  ].join('\n');
}

const mostTraces = 3;

function drawn(traces: Trace[], random: () => number): Trace[] {
  const from = Math.floor(random() * traces.length);
  return [...traces.slice(from), ...traces.slice(0, from)].slice(0, mostTraces);
}

const overMany = (id: string) => auditRules.some((rule) => rule.id === id && 'keep' in rule);

function findingsOf(id: string, readings: RunReading[]): Finding[] {
  const auditing = beginAudit(auditRules.filter((rule) => rule.id === id));
  for (const reading of readings) auditing.add(reading);
  return auditing.findings();
}

const keyOf = ({ run_id, span_id, message }: Finding) => `${run_id} ${span_id} ${message}`;
