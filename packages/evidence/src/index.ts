export { type Annotations, annotationsOf } from './annotate/annotations.ts';
export { type LangfuseAddress, scoreInLangfuse } from './annotate/langfuse.ts';
export { annotatePhoenix, costInPhoenix, type PhoenixAddress } from './annotate/phoenix.ts';
export * from './audit/index.ts';
export { type Calls, callsOf } from './calls.ts';
export * from './compare/index.ts';
export { bothUsages, noUsage } from './compare/mean-usage.ts';
export { textOfBytes } from './documents.ts';
export type { JaegerAddress } from './jaeger-api.ts';
export { type JaegerSearch, monthBack, textsInJaeger, tracesInJaeger } from './jaeger-search.ts';
export { compareLegacy, type LegacyDifference } from './legacy-comparison.ts';
export { loadTrace, loadTraces, type TraceSources } from './load.ts';
export {
  type Attributes,
  type AttributeValue,
  type EncodingProblem,
  moduleOf,
  numberOf,
  type RecordedEvent,
  type RecordedLink,
  type RecordedSpan,
  type Trace,
  textOf,
} from './model.ts';
export { NotFoundError } from './not-found.ts';
export { numbered } from './numbered.ts';
export { parseOtlpJson, parseTraces } from './otlp-json.ts';
export { pageAsMarkdown } from './page/as-markdown.ts';
export { pageAsText } from './page/as-text.ts';
export {
  type Block,
  type Entry,
  facts,
  heading,
  type Page,
  prose,
  section,
  type Tone,
  title,
} from './page/page.ts';
export * from './reading/index.ts';
export { readingsIn, readingsInTraces, type Unread, unreadLines } from './readings-in.ts';
export { renderTree } from './render.ts';
export type { ViewOptions } from './render-view.ts';
export * from './replay/index.ts';
export { edges } from './rules/edges.ts';
export { rules } from './rules/index.ts';
export type { Rule } from './rules/rule.ts';
export { runFolders } from './run-folders.ts';
export { runsNamedIn } from './run-traces.ts';
export { type RunPlace, runsAt, runsInFile, runsInFolder } from './runs/in-folder.ts';
export { type RunSummary, summaryOf } from './runs/summary.ts';
export { NotShownError } from './show/find.ts';
export { criterionLabel, spanLabel, stepLabel } from './show/labels.ts';
export { type Shown, show } from './show/show.ts';
export { type SpanRow, spanRows } from './span-rows.ts';
export { type Totals, totals, type Usage } from './totals.ts';
export { traceFilesIn } from './trace-files.ts';
export { hasModules, type TraceFinding, validate } from './validate.ts';
export type { Chain, ChainLink } from './why/chain.ts';
export type { Evidence } from './why/evidence.ts';
export type { Outside } from './why/outside.ts';
export { type Question, usualDepth, why } from './why/why.ts';
