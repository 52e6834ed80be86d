export { evidenceRoutes, registerEvidenceRoutes } from './evidence-routes.ts';
export { type EvidenceThread, startEvidenceThread } from './evidence-thread.ts';
export type { EvidenceOfRun, SpanRow, WholeSpan } from './views.ts';
