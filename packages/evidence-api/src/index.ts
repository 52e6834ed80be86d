export type { AuditOver } from './audit-over.ts';
export type { CostsOver } from './costs-over.ts';
export { evidenceRoutes, registerEvidenceRoutes, registerRemoval } from './evidence-routes.ts';
export { type About, type EvidenceThread, startEvidenceThread } from './evidence-thread.ts';
export type { RunList } from './run-list.ts';
export type { EvidenceOfRun, WholeSpan } from './views.ts';
