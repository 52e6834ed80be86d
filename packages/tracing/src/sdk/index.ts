export { AgentoSpanProcessor, type AgentoSpanProcessorOptions } from './agento-span-processor.ts';
export { OtlpExporter, type OtlpExporterOptions } from './otlp-exporter.ts';
