import {
  auditPage,
  auditRules,
  beginAudit,
  beginMatter,
  type Finding,
  type Page,
  type RunReading,
  type Unjudged,
  type Unread,
} from '@agento/evidence';

/** Most characters of a text that shows a finding, on a page; the data have it whole. */
const longestPassage = 600;

/** A finding with what it takes to open its place. */
export interface PlacedFinding extends Finding {
  /** Of its step; null where the run as a whole is meant. */
  run_attempt: number | null;
}

/** What `agento audit` says of runs. */
export interface AuditOver {
  page: Page;
  data: {
    runs: number;
    /** How many came again, and were counted once. */
    repeated: number;
    findings: PlacedFinding[];
    unread: Unread[];
    unjudged: Unjudged[];
    /** By run id; null while content is off. */
    goals: Record<string, string | null>;
  };
}

export async function auditOver(
  readings: AsyncIterable<RunReading> | RunReading[],
  unread: Unread[],
): Promise<AuditOver> {
  const audit = beginAudit();
  const matter = beginMatter(auditRules);
  const attempts = new Map<string, number>();
  const goals: Record<string, string | null> = {};
  for await (const reading of readings) {
    audit.add(reading);
    matter.add(reading);
    goals[reading.run_id] = reading.goal.value;
    for (const step of reading.steps)
      for (const span of [step.span_id, ...step.calls])
        attempts.set(`${reading.trace_id} ${span}`, step.run_attempt);
  }
  const findings = audit.findings().map((finding) => ({
    ...finding,
    run_attempt: attempts.get(`${finding.trace_id} ${finding.span_id}`) ?? null,
  }));
  const [runs, repeated, unjudged] = [audit.runs(), audit.repeated(), matter.unjudged()];
  const about = { rules: auditRules, runs, repeated, unread, unjudged, longest: longestPassage };
  return { page: auditPage(findings, about), data: { runs, repeated, findings, unread, unjudged, goals } };
}
