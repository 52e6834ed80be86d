export { compareLegacy, type LegacyDifference } from './legacy-comparison.ts';
export { loadTrace, NotFoundError, type TraceSources } from './load.ts';
export type {
  Attributes,
  AttributeValue,
  EncodingProblem,
  RecordedEvent,
  RecordedLink,
  RecordedSpan,
  Trace,
} from './model.ts';
export { parseOtlpJson, parseTraces } from './otlp-json.ts';
export * from './reading/index.ts';
export { renderTree } from './render.ts';
export * from './replay/index.ts';
export { edges } from './rules/edges.ts';
export { rules } from './rules/index.ts';
export type { Rule } from './rules/rule.ts';
export { runFolders } from './run-folders.ts';
export { type Totals, totals, type Usage } from './totals.ts';
export { hasModules, type TraceFinding, validate } from './validate.ts';
