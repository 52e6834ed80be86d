export { genAiMetrics, type MetricDefinition, prometheusLabel, prometheusName } from './definitions.ts';
export { type EndedOperation, type OperationTokens, withMeasuredSpan } from './measured-span.ts';
export { createMeter, type Measurement, type MeasurementSink } from './meter.ts';
