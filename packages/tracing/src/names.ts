/**
 * Every attribute and event name that Agento writes, with its meaning. GenAI names follow the OpenTelemetry
 * semantic conventions for generative AI (status: development, as of 2026), which npm has no constants for.
 */
export const attribute = {
  /** Role of who does the work; the module's type in CamelCase where no model does. */
  agentName: 'agent.name',
  /** Model a step asks. */
  agentModel: 'agent.model',
  /** UUID of the run. */
  runId: 'agento.run.id',
  /** Number of the attempt at a run, from 1: an output fed in again from a file is a new one. */
  runAttempt: 'agento.run.attempt',
  /** Caller's session, where one was given. */
  sessionId: 'session.id',
  /** Kind of step: module, group, agent.run, model.call, tool.call, validation, file_export, … */
  step: 'agento.step',
  /** Name of the step a span belongs to: its own, or for a call that of the step that makes it. */
  stepName: 'agento.step.name',
  itemId: 'agento.item.id',
  criterionId: 'agento.criterion.id',
  constraintId: 'agento.constraint.id',
  planId: 'agento.plan.id',
  /** Number of the attempt at a revision, from 1. */
  attempt: 'agento.attempt',
  /** Number of the module called next; 0 when none is. */
  nextModule: 'agento.next_module',
  /** How many spans lie below run_module_N in this service. */
  spanCount: 'agento.span_count',
  userGoal: 'user.goal',
  promptVersion: 'agento.prompt.version',
  promptSha256: 'agento.prompt.sha256',
  /** Key of a model call, unique in its run and the same if the run is made again. */
  callKey: 'agento.call.key',
  /** How an answer that was not the JSON alone was read: fence, think, prose, … */
  answerRecovered: 'agento.answer.recovered',
  /** True on a repair call. */
  repair: 'agento.repair',
  /** Milliseconds a model call waited for its slot. */
  queueMs: 'agento.llm.queue_ms',
  /** How the answer's form was asked for: `call`, `static` (a JSON schema of the call, of the step) or `prompt`. */
  llmSchema: 'agento.llm.schema',
  /** True where the endpoint did not say the tokens of a call: their attributes are then missing, and the cost is unknown. */
  usageUnknown: 'agento.usage.unknown',
  costUsd: 'agento.cost.usd',
  priceList: 'agento.cost.price_list',
  prompt: 'ai.prompt',
  response: 'ai.response',
  responseExcerpt: 'ai.response_excerpt',
  payloadTruncated: 'payload_truncated',
  planSummary: 'agento.plan.summary',
  guardrailName: 'guardrail.name',
  guardrailPassed: 'guardrail.passed',
  guardrailProblems: 'guardrail.problems',
  artifactName: 'agento.artifact.name',
  artifactSha256: 'agento.artifact.sha256',
  artifactSize: 'agento.artifact.size',
  artifactMediaType: 'agento.artifact.media_type',
  metadataInvalid: 'agento.trace_metadata.invalid',
  metadataMismatch: 'agento.trace_metadata.mismatch',
  constraintStatus: 'agento.constraint.status',
  criterionStatus: 'agento.criterion.status',
  redactions: 'agento.redactions',
  redactionRules: 'agento.redaction.rules',
  content: 'agento.content',
  errorType: 'error.type',
  /** Relationship of a link. */
  relationship: 'relationship',
  /** Who a link leads to. */
  source: 'source',
  genAiOperation: 'gen_ai.operation.name',
  genAiAgentName: 'gen_ai.agent.name',
  genAiProvider: 'gen_ai.provider.name',
  genAiRequestModel: 'gen_ai.request.model',
  genAiTemperature: 'gen_ai.request.temperature',
  genAiMaxTokens: 'gen_ai.request.max_tokens',
  genAiSeed: 'gen_ai.request.seed',
  genAiOutputType: 'gen_ai.output.type',
  genAiResponseId: 'gen_ai.response.id',
  genAiResponseModel: 'gen_ai.response.model',
  genAiFinishReasons: 'gen_ai.response.finish_reasons',
  genAiInputTokens: 'gen_ai.usage.input_tokens',
  genAiOutputTokens: 'gen_ai.usage.output_tokens',
  genAiCacheReadTokens: 'gen_ai.usage.cache_read.input_tokens',
  genAiCacheCreationTokens: 'gen_ai.usage.cache_creation.input_tokens',
  genAiReasoningTokens: 'gen_ai.usage.reasoning.output_tokens',
  genAiInputMessages: 'gen_ai.input.messages',
  genAiOutputMessages: 'gen_ai.output.messages',
  genAiToolName: 'gen_ai.tool.name',
  genAiToolCallId: 'gen_ai.tool.call.id',
  genAiToolArguments: 'gen_ai.tool.call.arguments',
  genAiToolResult: 'gen_ai.tool.call.result',
  evaluationName: 'gen_ai.evaluation.name',
  evaluationScore: 'gen_ai.evaluation.score.value',
  evaluationLabel: 'gen_ai.evaluation.score.label',
  evaluationExplanation: 'gen_ai.evaluation.explanation',
  serverAddress: 'server.address',
  serverPort: 'server.port',
  httpMethod: 'http.request.method',
  httpStatus: 'http.response.status_code',
  urlFull: 'url.full',
} as const;

export const event = {
  fullPrompt: 'full_prompt',
  fullResponse: 'full_response',
  /** The whole of a value over 8,192 bytes, under its own key. */
  payloadLarge: 'ai.payload.large',
  /** The same over TRACE_COMPRESSION_THRESHOLD: hex of gzip, with original_size and compressed_size. */
  payloadCompressed: 'ai.payload.large.compressed',
  moduleOutput: 'module_output.full',
  plan: 'agento.plan',
  decision: 'agento.decision',
  evaluation: 'gen_ai.evaluation.result',
  comparison: 'comparison',
  feedback: 'agento.feedback',
  artifact: 'agento.artifact',
  retry: 'agento.llm.retry',
} as const;

/** `capture.{stage}`: what went into and came out of a step. */
export function captureEvent(stage: string): string {
  return `capture.${stage}`;
}

/** `agento.link.{relationship}`: the ids of the spans linked to, on the span, where Jaeger can search them. */
export function linkAttribute(relationship: string): string {
  return `agento.link.${relationship}`;
}

/** What the library writes for agents that are not Agento's. */
export const libraryAttribute = {
  /** planner, executor, verifier or generator; also the first part of the span's name. */
  moduleType: 'module.type',
  /** The second part of the span's name. */
  moduleOperation: 'module.operation',
  agentInput: 'agent.input',
  agentOutput: 'agent.output',
  /** What a model call is for. */
  purpose: 'purpose',
  workflowName: 'workflow.name',
  workflowStep: 'workflow.step',
  /** What `modular.solve` was asked. */
  query: 'query',
  maxIterations: 'modular.max_iterations',
  /** How many rounds of planning, executing and verifying it took. */
  iterations: 'modular.iterations',
  /** Whether the last round's result was found good. */
  passed: 'modular.passed',
  httpRoute: 'http.route',
} as const;

export const libraryEvent = {
  validationStarted: 'validation_started',
  validationPassed: 'validation_passed',
  /** With `errors`, a list of texts. */
  validationFailed: 'validation_failed',
} as const;
