export { asJunit } from './as-junit.ts';
export { asSarif } from './as-sarif.ts';
export { type Audit, type Audited, auditedOf, auditRules, beginAudit } from './audit.ts';
export { auditPage } from './audit-page.ts';
export { Finding, type Severity, severities } from './finding.ts';
export { beginMatter, type MatterOfRun, matterOf, type Unjudged, unjudgedInWords } from './matter.ts';
export type { AuditRule } from './rule.ts';
