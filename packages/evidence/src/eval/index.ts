export { caseOf, NoCaseError, withCase } from './add-case.ts';
export { type Baseline, baselineName, inputHash, readBaseline, writeBaseline } from './baseline.ts';
export type { ComparisonOutcome } from './comparisons.ts';
export { baselineOf, type CheckOutcome, type GateReport, judged, type SuiteRun } from './gate.ts';
export { metrics } from './metrics.ts';
export { type ReadSuite, readSuite, type SuiteFinding } from './read-suite.ts';
export { gateJunit, gatePage } from './report.ts';
export { type Significance, type Stratum, significanceOf } from './significance.ts';
export { type Case, type Check, optionsOf, repeatsOf, type Suite } from './suite.ts';
