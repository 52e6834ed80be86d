import {
  type Audited,
  auditedOf,
  auditPage,
  auditRules,
  beginAudit,
  beginMatter,
  type Finding,
  type MatterOfRun,
  matterOf,
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

/** What of a run goes into it. */
export interface AuditOfRun {
  audited: Audited;
  matter: MatterOfRun;
  goal: string | null;
  /** The attempt that a span is of, by its trace and its id. */
  attempts: [string, number][];
}

export function auditOfRun(reading: RunReading): AuditOfRun {
  return {
    audited: auditedOf(reading),
    matter: matterOf(reading, auditRules),
    goal: reading.goal.value,
    attempts: reading.steps.flatMap(({ span_id, calls, run_attempt }) =>
      [span_id, ...calls].map((span): [string, number] => [`${reading.trace_id} ${span}`, run_attempt]),
    ),
  };
}

export async function auditOver(
  digests: AsyncIterable<AuditOfRun> | AuditOfRun[],
  unread: Unread[],
): Promise<AuditOver> {
  const audit = beginAudit();
  const matter = beginMatter(auditRules);
  const attempts = new Map<string, number>();
  const goals: Record<string, string | null> = {};
  for await (const run of digests) {
    audit.addAudited(run.audited);
    matter.addMatter(run.matter);
    goals[run.audited.run_id] = run.goal;
    for (const [span, attempt] of run.attempts) attempts.set(span, attempt);
  }
  const findings = audit.findings().map((finding) => ({
    ...finding,
    run_attempt: attempts.get(`${finding.trace_id} ${finding.span_id}`) ?? null,
  }));
  const [runs, repeated, unjudged] = [audit.runs(), audit.repeated(), matter.unjudged()];
  const about = { rules: auditRules, runs, repeated, unread, unjudged, longest: longestPassage };
  return {
    page: auditPage(findings, about),
    data: { runs, repeated, findings, unread, unjudged, goals },
  };
}
