export { type A2ACarrier, type A2AContext, buildA2AContext, extractA2AContext } from './a2a.ts';
export { type Parent, withActive } from './begin.ts';
export { type TracingConfig, TracingConfigError } from './config.ts';
export type { Fields } from './fields.ts';
export { InstrumentedAgent } from './instrumented-agent.ts';
export type { ModelAnswer } from './model-call.ts';
export {
  executeWithRefinement,
  type PreviousRound,
  type Refined,
  type Refinement,
  type Validation,
} from './refinement.ts';
export { parentFrom, withServerSpan } from './server-span.ts';
export { traced, traceModuleOperation } from './traced.ts';
export { TracedWorkflow } from './traced-workflow.ts';
export type { AgentTracer, ModuleType, ToolType } from './tracer.ts';
export { getTracer, initializeTracing } from './tracing.ts';
export { libraryVariables } from './variables.ts';
