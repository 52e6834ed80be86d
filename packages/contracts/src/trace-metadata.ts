import Type, { type Static } from 'typebox';

/**
 * Where a module's output was made: which trace, span and service. It travels in the JSON as well as in the W3C
 * headers, so that an output posted from a file continues its trace. The ids are plain strings here: malformed ones are
 * treated as absent (docs/telemetry.md), never as an error.
 */
export const TraceMetadata = Type.Object({
  trace_id: Type.String({ description: 'Trace id, 32 lower-case hex digits' }),
  root_span_id: Type.String({ description: 'Span id of run_module_N, 16 lower-case hex digits' }),
  service_name: Type.String({ description: 'service.name of the module that wrote this output' }),
});
export type TraceMetadata = Static<typeof TraceMetadata>;

/** Which agent, model and prompt produced something, and the span of the step. Never shown to a model. */
export const ProducedBy = Type.Object({
  agent_name: Type.String(),
  model: Type.String(),
  prompt_version: Type.String(),
  prompt_sha256: Type.String({ description: 'SHA-256 of the prompt template, hex' }),
  trace_id: Type.String(),
  span_id: Type.String(),
  response_id: Type.Optional(
    Type.String({
      pattern: '^[\\w.:/@+#-]{1,200}$',
      description:
        'Id the endpoint gave the answer, by which verdicts name it; absent if it gave none, and of judges',
    }),
  ),
});
export type ProducedBy = Static<typeof ProducedBy>;
