export { registerEvidenceRoutes } from './evidence-routes.ts';
export { type EvidenceSource, folderSource, jaegerSource, NoEvidenceError } from './evidence-source.ts';
export type { EvidenceOfRun, SpanRow, WholeSpan } from './views.ts';
