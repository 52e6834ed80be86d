import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { SpanSerializer, serializeRequest } from '../src/otlp-writer.ts';

export interface Workload {
  spans: number;
  bytes: number;
  sdk(): void;
  own(): void;
}

/** Spans like those of model calls, whose prompts have these texts, for the SDK's serializer and for ours. */
export function createWorkload(prompts: string[]): Workload {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'workload' }),
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
  });
  const tracer = provider.getTracer('workload');
  for (const [index, prompt] of prompts.entries()) {
    const answer = prompt.slice(0, prompt.length / 2);
    const attributes = {
      'agent.name': 'ItemEvaluator',
      'agento.step': 'agent.run',
      'agento.item.id': `i${index}`,
      'gen_ai.request.model': 'agento-offline-1',
      'gen_ai.usage.input_tokens': 1_500,
      'gen_ai.response.finish_reasons': ['stop'],
      'ai.prompt': prompt,
      'ai.response': answer,
    };
    const span = tracer.startSpan('expansion_evaluation', { attributes });
    span.addEvent('full_prompt', { text: prompt }).addEvent('full_response', { text: answer });
    span.end();
  }
  const spans = exporter.getFinishedSpans();
  const serializer = new SpanSerializer();
  const ownRequest = () => {
    serializer.clear();
    return serializeRequest(spans.map((span) => serializer.serialize(span)));
  };
  const own = ownRequest();
  if (!Buffer.from(own).equals(ProtobufTraceSerializer.serializeRequest(spans) ?? own.subarray(1))) {
    throw new Error('The serializers differ');
  }
  return {
    spans: spans.length,
    bytes: own.length,
    sdk: () => ProtobufTraceSerializer.serializeRequest(spans),
    own: ownRequest,
  };
}
