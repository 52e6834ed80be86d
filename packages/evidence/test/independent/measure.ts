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

export interface VariantResult {
  rule: string;
  what: string;
  isFault: boolean;
  /** How often it was made. */
  made: number;
  /** Of these: how often the rule said something new. */
  found: number;
  /** Of the found ones: how often at a right step. */
  named: number;
  /** New findings of the rule at other places. */
  beside: number;
}

export function measureVariants(traces: Trace[], { seed = 7, each = 5 } = {}): VariantResult[] {
  const clean = new Map(traces.map((trace) => [trace, readRuns(trace)]));
  return variants.map((variant) => {
    const result: VariantResult = {
      rule: variant.rule,
      what: variant.what,
      isFault: variant.isFault,
      made: 0,
      found: 0,
      named: 0,
      beside: 0,
    };
    // A rule over many runs judges anew of what is altered in all of them.
    const before = new Set(
      overMany(variant.rule) ? [] : findingsOf(variant.rule, [...clean.values()].flat()).map(keyOf),
    );
    for (let time = 0; time < each; time += 1) {
      const random = randomFrom(seed * 1000 + time);
      const copies = traces.map((trace) => structuredClone(trace));
      const right = variant.plant(copies, (list) => list[Math.floor(random() * list.length)]);
      if (right === null) continue;
      result.made += 1;
      const readings = copies.flatMap((copy) => readRuns(copy));
      const fresh = findingsOf(variant.rule, readings).filter((finding) => !before.has(keyOf(finding)));
      const hits = fresh.filter(({ span_id }) => right.includes(span_id ?? run));
      if (fresh.length > 0) result.found += 1;
      if (hits.length > 0) result.named += 1;
      result.beside += fresh.length - hits.length;
    }
    return result;
  });
}

const overMany = (id: string) => auditRules.some((rule) => rule.id === id && 'keep' in rule);

function findingsOf(id: string, readings: RunReading[]): Finding[] {
  const auditing = beginAudit(auditRules.filter((rule) => rule.id === id));
  for (const reading of readings) auditing.add(reading);
  return auditing.findings();
}

const keyOf = ({ run_id, span_id, message }: Finding) => `${run_id} ${span_id} ${message}`;

/** Mulberry32: small, and the same everywhere. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
