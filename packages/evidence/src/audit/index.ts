export { asJunit } from './as-junit.ts';
export { asSarif } from './as-sarif.ts';
export { type Audit, auditRules, beginAudit } from './audit.ts';
export { auditPage } from './audit-page.ts';
export { readingsIn, type Unread } from './readings-in.ts';
export { type AuditRule, type Finding, type Severity, severities } from './rule.ts';
