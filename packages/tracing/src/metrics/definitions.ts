import { attribute, metric, metricAttribute } from '../names.ts';

/** A metric as the GenAI conventions define it. */
export interface MetricDefinition {
  name: string;
  instrument: 'counter' | 'histogram';
  /** UCUM: `s`, `{token}`. */
  unit: string;
  description: string;
  /** Upper bounds; of a histogram only. */
  buckets?: readonly number[];
  /**
   * Those a measurement may have, or else `otel.metric.overflow` alone (series.ts). Never a run, an item or a conversation: each
   * value is a series of its own.
   */
  attributes: readonly string[];
}

const secondsOfCall = [
  0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
];
const secondsOfAgent = [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 51.2, 102.4, 204.8, 409.6];
const tokens = [
  1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864,
];

const ofCall = [
  attribute.genAiOperation,
  attribute.genAiProvider,
  attribute.genAiRequestModel,
  attribute.genAiResponseModel,
  attribute.serverAddress,
  attribute.serverPort,
];

const ofUsage = [...ofCall, metricAttribute.tokenModality];

function usage(name: string, description: string): MetricDefinition {
  return { name, instrument: 'counter', unit: '{token}', description, attributes: ofUsage };
}

function tokensOfCall(name: string, description: string): MetricDefinition {
  return { name, instrument: 'histogram', unit: '{token}', description, buckets: tokens, attributes: ofCall };
}

/** What is measured, with the units, attributes and buckets of the conventions. */
export const genAiMetrics = {
  inferenceDuration: {
    name: metric.inferenceDuration,
    instrument: 'histogram',
    unit: 's',
    description: 'Duration of a model call, retries included',
    buckets: secondsOfCall,
    attributes: [...ofCall, attribute.errorType],
  },
  inputTokens: usage(metric.inputTokens, 'Input tokens used, cached ones included'),
  outputTokens: usage(metric.outputTokens, 'Output tokens used, reasoning included'),
  cacheReadTokens: usage(metric.cacheReadTokens, 'Input tokens that came from the provider’s cache'),
  cacheWriteTokens: usage(metric.cacheWriteTokens, 'Input tokens that were written to the provider’s cache'),
  reasoningTokens: usage(metric.reasoningTokens, 'Output tokens spent on reasoning'),
  inputTokensOfCall: tokensOfCall(metric.inputTokensOfCall, 'Input tokens of a model call'),
  outputTokensOfCall: tokensOfCall(metric.outputTokensOfCall, 'Output tokens of a model call'),
  agentDuration: {
    name: metric.agentDuration,
    instrument: 'histogram',
    unit: 's',
    description: 'Duration of an agent’s work, from its question to its checked answer',
    buckets: secondsOfAgent,
    attributes: [attribute.genAiAgentName, attribute.genAiRequestModel, attribute.errorType],
  },
  toolDuration: {
    name: metric.toolDuration,
    instrument: 'histogram',
    unit: 's',
    description: 'Duration of a tool’s work',
    buckets: secondsOfCall,
    attributes: [attribute.genAiToolName, attribute.genAiToolType, attribute.errorType],
  },
} as const satisfies Record<keyof typeof metric, MetricDefinition>;

/** The name in Prometheus, by the rules its exporters share: `gen_ai_client_inference_duration_seconds`. */
export function prometheusName({ name, instrument, unit }: MetricDefinition): string {
  const suffix = instrument === 'counter' ? '_total' : unit === 's' ? '_seconds' : '';
  return prometheusLabel(name) + suffix;
}

/** An attribute's name as a label: `gen_ai_request_model`. */
export function prometheusLabel(attribute: string): string {
  return attribute.replaceAll('.', '_');
}
