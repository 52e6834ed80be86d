/**
 * Every attribute and event name that Agento writes, with its meaning; a test looks for others. What the steps of a
 * module record of their outcome stands with them, and what delivery marks a span with that was too large, there. GenAI
 * names follow the OpenTelemetry semantic conventions for generative AI, v0.1.0 (status: development), which npm has no
 * constants for: docs/genai.md says where each is from, and a test looks for names that are none of theirs.
 */
export const attribute = {
  /** The agent that does the work; the module's type in CamelCase for steps without a model. */
  agentName: 'agent.name',
  /** Model a step asks. */
  agentModel: 'agent.model',
  /** UUID of the run. */
  runId: 'agento.run.id',
  /** Number of the attempt at a run, from 1: posting an output from a file starts a new one. */
  runAttempt: 'agento.run.attempt',
  /** Which execution of a module's part of the attempt: 1, and more after a process died or was stopped. */
  runExecution: 'agento.run.execution',
  /** True on a span whose execution did not end it: ended by the next one, or handed over in good order. */
  interrupted: 'agento.interrupted',
  /** True on the spans of a request that followed a run that had already begun. */
  followed: 'agento.followed',
  /** What the span is, in OpenInference's words: CHAIN, AGENT, LLM, TOOL, EVALUATOR or GUARDRAIL. */
  spanKind: 'openinference.span.kind',
  /** What went into a request or a module, in short, for lists of runs. */
  inputValue: 'input.value',
  inputMimeType: 'input.mime_type',
  /** What came out of it, in short. */
  outputValue: 'output.value',
  outputMimeType: 'output.mime_type',
  /** The caller's session, if given. */
  sessionId: 'session.id',
  /** Kind of step: module, group, agent.run, model.call, tool.call, validation, file_export, … */
  step: 'agento.step',
  /** Name of the step a span belongs to: its own, or for a call that of its step. */
  stepName: 'agento.step.name',
  /** Plan item a step works on. */
  itemId: 'agento.item.id',
  /** Success criterion a step, a verdict or a link is about. */
  criterionId: 'agento.criterion.id',
  /** Constraint a verdict is about. */
  constraintId: 'agento.constraint.id',
  /** Plan outline a step, a verdict or a link is about. */
  planId: 'agento.plan.id',
  /** Number of the attempt at a revision, from 1. */
  attempt: 'agento.attempt',
  /** Number of the module called next; 0 for none. */
  nextModule: 'agento.next_module',
  /** How many spans are below run_module_N in this service. */
  spanCount: 'agento.span_count',
  /** The goal as the caller gave it. */
  userGoal: 'user.goal',
  /** Version in the front matter of the prompt file. */
  promptVersion: 'agento.prompt.version',
  /** SHA-256 of the prompt file with what it includes. */
  promptSha256: 'agento.prompt.sha256',
  /** Key of a model call, unique in its run and the same if the run is repeated. */
  callKey: 'agento.call.key',
  /** True on a call that was answered from the journal: it was made in an earlier execution. */
  journal: 'agento.journal',
  /** True on a call that was answered from a recorded run, which the run replays: nothing was asked or paid. */
  replayed: 'agento.replayed',
  /** UUID of the recorded run that a run replays. */
  replayRunId: 'agento.replay.run_id',
  /** Keys of the steps that a replay asks anew, a list. */
  replayFrom: 'agento.replay.from',
  /** What a replay changes in them, a list: `prompt`, `model`, `temperature`, `seed`, `max_tokens`. */
  replayChanged: 'agento.replay.changed',
  /** How many revision requests a person is to decide before the next module goes on. */
  reviewRequests: 'agento.review.requests',
  /** How an answer that was not JSON alone was read: fence, think, prose, … */
  answerRecovered: 'agento.answer.recovered',
  /** True on a repair call. */
  repair: 'agento.repair',
  /** True on a step that needed a repair. */
  repaired: 'agento.repaired',
  /** Milliseconds a model call waited for its slot. */
  queueMs: 'agento.llm.queue_ms',
  /** How the answer's format was requested: `call`, `static` (a JSON schema of the call, of the step) or `prompt`. */
  llmSchema: 'agento.llm.schema',
  /**
   * True if the endpoint did not report a call's tokens: their attributes are then missing, and the cost is unknown.
   */
  usageUnknown: 'agento.usage.unknown',
  /** Price of a model call in US dollars; absent if unknown. */
  costUsd: 'agento.cost.usd',
  /** The list that price is from. */
  priceList: 'agento.cost.price_list',
  /** JSON of the messages as sent. */
  prompt: 'ai.prompt',
  /** Content of the answer as received. */
  response: 'ai.response',
  /** Its first 1,000 characters. */
  responseExcerpt: 'ai.response_excerpt',
  /** True if a value of the span is over 8,192 bytes. */
  payloadTruncated: 'payload_truncated',
  /** What the module adds to the run, as JSON. */
  moduleOutput: 'module_output',
  /** Bytes of the whole output. */
  outputSize: 'agento.output.size',
  /** Titles of an outline and its items. */
  planSummary: 'agento.plan.summary',
  /** Which guardrail a `validation` is. */
  guardrailName: 'guardrail.name',
  /** Whether it found nothing. */
  guardrailPassed: 'guardrail.passed',
  /** What it found, a list of texts. */
  guardrailProblems: 'guardrail.problems',
  /** What a guardrail of AGENTO_GUARDRAILS does where it finds something: warn, repair or block. */
  guardrailAction: 'guardrail.action',
  /** What came of its verdict: passed, noted, repair or blocked. */
  guardrailOutcome: 'guardrail.outcome',
  /** SHA-256 of the file it is from. */
  guardrailFile: 'guardrail.file_sha256',
  /** Name of the one file that was written. */
  artifactName: 'agento.artifact.name',
  /** SHA-256 of its content. */
  artifactSha256: 'agento.artifact.sha256',
  /** Its size in bytes. */
  artifactSize: 'agento.artifact.size',
  /** Its media type. */
  artifactMediaType: 'agento.artifact.media_type',
  /** True if the given trace_metadata had malformed ids. */
  metadataInvalid: 'agento.trace_metadata.invalid',
  /** True if it belonged to another trace than the request headers. */
  metadataMismatch: 'agento.trace_metadata.mismatch',
  /** kept, broken or not_shown. */
  constraintStatus: 'agento.constraint.status',
  /** fully_met, partially_met or not_met. */
  criterionStatus: 'agento.criterion.status',
  /** How many secrets were removed from the span. */
  redactions: 'agento.redactions',
  /** The rules that found them, a list. */
  redactionRules: 'agento.redaction.rules',
  /** `off` on the resource where content is not recorded. */
  content: 'agento.content',
  /** Why the span failed: a code, a class of errors, or `cancelled`. */
  errorType: 'error.type',
  /** Relationship of a link. */
  relationship: 'relationship',
  /** The program a link points to. */
  source: 'source',
  /** invoke_workflow, invoke_agent, chat or execute_tool. */
  genAiOperation: 'gen_ai.operation.name',
  /** The convention’s name for the span, where it has another: those of Agento are as its traces have always had them. */
  genAiSpanName: 'agento.genai.span_name',
  /** The same as session.id. */
  genAiConversationId: 'gen_ai.conversation.id',
  /** The same as agent.name: of the agent, or of the module as a workflow. */
  genAiAgentName: 'gen_ai.agent.name',
  /** The prompt a call was made with: its agent. */
  genAiPromptName: 'gen_ai.prompt.name',
  /** The version in that prompt’s front matter. */
  genAiPromptVersion: 'gen_ai.prompt.version',
  /** Who serves the model. */
  genAiProvider: 'gen_ai.provider.name',
  /** Model requested. */
  genAiRequestModel: 'gen_ai.request.model',
  /** Sampling temperature, if one was sent. */
  genAiTemperature: 'gen_ai.request.temperature',
  /** Token limit of the answer, if one was sent. */
  genAiMaxTokens: 'gen_ai.request.max_tokens',
  /** Seed, if one was sent. */
  genAiSeed: 'gen_ai.request.seed',
  /** json or text. */
  genAiOutputType: 'gen_ai.output.type',
  /** Id the endpoint gave the answer; of a verdict: the answer that was judged. */
  genAiResponseId: 'gen_ai.response.id',
  /** Model the answer names. */
  genAiResponseModel: 'gen_ai.response.model',
  /** Why the answer ended, one for each choice. */
  genAiFinishReasons: 'gen_ai.response.finish_reasons',
  /** Tokens of the prompt, cached ones included. */
  genAiInputTokens: 'gen_ai.usage.input_tokens',
  /** Tokens of the answer, reasoning included. */
  genAiOutputTokens: 'gen_ai.usage.output_tokens',
  /** Tokens of the prompt that came from the provider’s cache. */
  genAiCacheReadTokens: 'gen_ai.usage.cache_read.input_tokens',
  /** Tokens of the prompt that were written to it. */
  genAiCacheWriteTokens: 'gen_ai.usage.cache_write.input_tokens',
  /** The old name of `gen_ai.usage.cache_write.input_tokens`, until 1.2.0. */
  genAiCacheCreationTokens: 'gen_ai.usage.cache_creation.input_tokens',
  /** Tokens of the answer spent on reasoning. */
  genAiReasoningTokens: 'gen_ai.usage.reasoning.output_tokens',
  /** The conversation so far as the convention’s JSON. */
  genAiInputMessages: 'gen_ai.input.messages',
  /** The answer as the convention’s JSON. */
  genAiOutputMessages: 'gen_ai.output.messages',
  /** The tools a model was offered, JSON: type and name of each. */
  genAiToolDefinitions: 'gen_ai.tool.definitions',
  /** Tool the model called. */
  genAiToolName: 'gen_ai.tool.name',
  /** function, extension or datastore. */
  genAiToolType: 'gen_ai.tool.type',
  /** Id of that call. */
  genAiToolCallId: 'gen_ai.tool.call.id',
  /** Its arguments, JSON. */
  genAiToolArguments: 'gen_ai.tool.call.arguments',
  /** Its result. */
  genAiToolResult: 'gen_ai.tool.call.result',
  /** Which kind of verdict it is. */
  evaluationName: 'gen_ai.evaluation.name',
  /** Its score, 0 to 1. */
  evaluationScore: 'gen_ai.evaluation.score.value',
  /** pass or fail. */
  evaluationLabel: 'gen_ai.evaluation.score.label',
  /** Why, in the judge’s words. */
  evaluationExplanation: 'gen_ai.evaluation.explanation',
  /** Host name or address called. */
  serverAddress: 'server.address',
  /** Port called. */
  serverPort: 'server.port',
  /** Method of the request. */
  httpMethod: 'http.request.method',
  /** Status of its answer. */
  httpStatus: 'http.response.status_code',
  /** URL called, without credentials. */
  urlFull: 'url.full',
  /** Query of a URL, as instrumentations write it. */
  urlQuery: 'url.query',
} as const;

/** What a process says about itself on every span. */
export const resourceAttribute = {
  /** Agento-Module-N, with a prefix of the operator’s choice. */
  serviceName: 'service.name',
  serviceVersion: 'service.version',
  /** agento; the library’s own users have their own. */
  serviceNamespace: 'service.namespace',
  /** UUID of the process. */
  serviceInstanceId: 'service.instance.id',
  processId: 'process.pid',
  /** Hash of the host’s name: the same for all processes of a machine. */
  hostId: 'host.id',
  environmentName: 'deployment.environment.name',
  /** The convention’s old name for it. */
  environment: 'deployment.environment',
  /** 1 to 5. */
  moduleNumber: 'module.number',
  /** success_criteria_generator, plan_generator, … */
  moduleType: 'module.type',
} as const;

export const event = {
  /** ai.prompt again, as an event: the field `text`. */
  fullPrompt: 'full_prompt',
  /** ai.response again: the field `text`. */
  fullResponse: 'full_response',
  /** A value over 8,192 bytes, complete, under its own key. */
  payloadLarge: 'ai.payload.large',
  /** The same over TRACE_COMPRESSION_THRESHOLD: hex of gzip, with original_size and compressed_size. */
  payloadCompressed: 'ai.payload.large.compressed',
  /** module_output again: the field `json`. */
  moduleOutput: 'module_output.full',
  /** An outline: the field `json`. */
  plan: 'agento.plan',
  /** What was chosen, from what, and why. */
  decision: 'agento.decision',
  /** A verdict, on the span of the judge. */
  evaluation: 'gen_ai.evaluation.result',
  /** The original text and the requested change. */
  comparison: 'comparison',
  /** Whether an attempt addressed a suggestion. */
  feedback: 'agento.feedback',
  /** One of several files that were written. */
  artifact: 'agento.artifact',
  /** A model call is retried: attempt, status, error and delay_ms. */
  retry: 'agento.llm.retry',
  /** The next module could not be reached and is called again: attempt and delay_ms. */
  hopRetry: 'agento.hop.retry',
} as const;

/** `capture.{stage}`: input and output of a step. */
export function captureEvent(stage: string): string {
  return `capture.${stage}`;
}

/** `agento.link.{relationship}`: the ids of the linked spans, on the span, where Jaeger can search them. */
export function linkAttribute(relationship: string): string {
  return `agento.link.${relationship}`;
}

/** `agento.decision.{field}`: the fields of the decision's event, on the span, where Jaeger can search them. */
export function decisionAttribute(field: string): string {
  return `agento.decision.${field}`;
}

/** `agento.module{N}`: the instrumentation scope of a module's spans. */
export function moduleScope(number: number): string {
  return `agento.module${number}`;
}

/** What the library writes for agents that are not Agento's. */
export const libraryAttribute = {
  /** planner, executor, verifier or generator; also the first part of the span's name. */
  moduleType: 'module.type',
  /** The second part of the span's name. */
  moduleOperation: 'module.operation',
  /** What an agent was asked. */
  agentInput: 'agent.input',
  /** What it answered. */
  agentOutput: 'agent.output',
  /** What a model call is for. */
  purpose: 'purpose',
  /** Name of the workflow a span begins. */
  workflowName: 'workflow.name',
  /** Step of it. */
  workflowStep: 'workflow.step',
  /** What `modular.solve` was asked. */
  query: 'query',
  maxIterations: 'modular.max_iterations',
  /** How many rounds of planning, executing and verifying it took. */
  iterations: 'modular.iterations',
  /** Whether the last round's result was accepted. */
  passed: 'modular.passed',
  /** Who hands the work on, on a `handoff`. */
  handoffFrom: 'agento.handoff.from',
  /** Who takes it over. */
  handoffTo: 'agento.handoff.to',
  /** Route of the request. */
  httpRoute: 'http.route',
} as const;

export const libraryEvent = {
  /** A verifier begins, with `iteration`. */
  validationStarted: 'validation_started',
  /** It found no errors. */
  validationPassed: 'validation_passed',
  /** With `errors`, a list of texts. */
  validationFailed: 'validation_failed',
} as const;

/** What is measured of GenAI operations; metrics/definitions.ts says how. */
export const metric = {
  inferenceDuration: 'gen_ai.client.inference.duration',
  inputTokens: 'gen_ai.client.inference.usage.input_tokens',
  outputTokens: 'gen_ai.client.inference.usage.output_tokens',
  cacheReadTokens: 'gen_ai.client.inference.usage.cache_read.input_tokens',
  cacheWriteTokens: 'gen_ai.client.inference.usage.cache_write.input_tokens',
  reasoningTokens: 'gen_ai.client.inference.usage.reasoning.output_tokens',
  inputTokensOfCall: 'gen_ai.client.inference.operation.input_tokens',
  outputTokensOfCall: 'gen_ai.client.inference.operation.output_tokens',
  agentDuration: 'gen_ai.invoke_agent.duration',
  toolDuration: 'gen_ai.execute_tool.duration',
} as const;

/** Attributes that only metrics have. */
export const metricAttribute = {
  /** `unknown`: endpoints do not say which tokens are of text and which of images. */
  tokenModality: 'gen_ai.token.modality',
  /** True on the one series of all that a metric has too many of. */
  overflow: 'otel.metric.overflow',
} as const;
