import type { RunReading } from '../reading/index.ts';
import { auditedIn, nameOfAudit } from './audit-check.ts';
import type { Checked } from './checked.ts';
import { metricOf, planText, shownNumber } from './metrics.ts';
import { patternIn } from './pattern.ts';
import type { Check } from './suite.ts';

/** The check in a few words: its name in reports. */
export function nameOf(check: Check): string {
  return check.name ?? askedOf(check);
}

/** What a check asks: its name in the baseline, so that numbers of another check of the same name compare with nothing. */
export function askedOf(check: Check): string {
  if (check.metric !== undefined) return `${check.metric} ${boundsOf(check)}`;
  if (check.must !== undefined) return `must say ${shownText(check.must)}`;
  if (check.must_not !== undefined) return `must not say ${shownText(check.must_not)}`;
  if (check.audit !== undefined) return nameOfAudit(check.audit);
  return `outcome ${(check.outcome ?? []).join(' or ')}`;
}

/** What a check finds in each of the runs of a goal. */
export function checkedIn(check: Check, runs: RunReading[]): Checked[] {
  if (check.audit !== undefined) return auditedIn(check.audit, runs);
  return runs.map((run) => checked(check, run));
}

function checked(check: Check, run: RunReading): Checked {
  if (check.metric !== undefined) {
    const number = metricOf(check.metric).of(run);
    if (number === null) return { holds: false, why: `${check.metric} is not known` };
    const { at_least: least = -Infinity, at_most: most = Infinity } = check;
    return { holds: number >= least && number <= most, why: `${check.metric} is ${shownNumber(number)}` };
  }
  if (check.outcome !== undefined) {
    const { outcome, error } = run;
    const why = error ? `it ${outcome}: ${error.type}` : `it is ${outcome}`;
    return { holds: (check.outcome as string[]).includes(outcome), why };
  }
  const wanted = check.must ?? check.must_not ?? '';
  const plan = planText(run);
  if (plan === null) return { holds: false, why: 'there is no finished plan to look in' };
  const found = foundIn(plan, wanted);
  return {
    holds: (found !== null) === (check.must !== undefined),
    why: found === null ? `the plan does not say ${shownText(wanted)}` : `the plan says “${found}”`,
  };
}

function boundsOf({ at_least, at_most }: Check): string {
  return [
    ...(at_least === undefined ? [] : [`at least ${shownNumber(at_least)}`]),
    ...(at_most === undefined ? [] : [`at most ${shownNumber(at_most)}`]),
  ].join(', ');
}

/** A pattern stands for itself. */
function shownText(text: string): string {
  return /^\/.*\/[a-z]*$/s.test(text) ? text : `“${text}”`;
}

/** How many characters around a passage are shown. */
const around = 30;

/** The passage with this text, whatever its case, or of this pattern; null if there is none. */
function foundIn(plan: string, wanted: string): string | null {
  const pattern = patternIn(wanted);
  const at = pattern ? plan.search(pattern) : plan.toLowerCase().indexOf(wanted.toLowerCase());
  if (at < 0) return null;
  const passage = plan.slice(Math.max(0, at - around), at + (pattern ? around : wanted.length) + around);
  return passage.replace(/\s+/g, ' ').trim();
}
