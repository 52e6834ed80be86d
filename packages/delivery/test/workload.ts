import { setTimeout as pause } from 'node:timers/promises';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { createDelivery } from '../src/index.ts';

/**
 * A process that ends spans like those of model calls and prints what that cost:
 * `node workload.ts url none|sdk|delivery` → `{spans, cpuMs, maxRssMiB}`.
 */
const [, , url = '', kind] = process.argv;
const words =
  'plan goal item criterion volunteers tools budget first week which because clear by and the of'.split(' ');
let seed = 1;

function text(length: number): string {
  let result = '';
  while (result.length < length) {
    seed = (seed * 48_271) % 2_147_483_647;
    result += `${words[seed % words.length]} `;
    if (seed % 11 === 0) result += `${seed % 1_000}. `;
  }
  return result;
}

function processors(): SpanProcessor[] {
  if (kind === 'none') return [];
  if (kind === 'delivery') return [createDelivery({ url, spoolDirectory: null }).processor];
  const compression = 'gzip' as NonNullable<
    ConstructorParameters<typeof OTLPTraceExporter>[0]
  >['compression'];
  const exporter = new OTLPTraceExporter({ url, ...(compression && { compression }) });
  return [new BatchSpanProcessor({ exporter, scheduledDelayMillis: 500, maxQueueSize: 100_000 })];
}

const provider = new TracerProvider({
  resource: resourceFromAttributes({ 'service.name': 'workload' }),
  spanProcessors: processors(),
});
const tracer = provider.getTracer('workload');
const texts = Array.from({ length: 200 }, () => ({ prompt: text(6_000), answer: text(3_000) }));

async function work(rounds: number): Promise<number> {
  let spans = 0;
  for (let round = 0; round < rounds; round += 1) {
    for (let index = 0; index < 70; index += 1, spans += 1) {
      const { prompt, answer } = texts[spans % texts.length] ?? { prompt: '', answer: '' };
      const attributes = {
        'agent.name': 'ItemEvaluator',
        'agento.step': 'agent.run',
        'agento.item.id': `i${index}`,
      };
      const span = tracer.startSpan('expansion_evaluation', { attributes });
      span.setAttributes({ 'ai.prompt': prompt, 'ai.response': answer, 'gen_ai.usage.input_tokens': 1_500 });
      span.addEvent('full_prompt', { text: prompt }).addEvent('full_response', { text: answer });
      span.end();
    }
    await pause(25);
  }
  return spans;
}

await work(20);
await provider.forceFlush();
const before = process.cpuUsage();
const spans = await work(60);
await provider.forceFlush();
const { user, system } = process.cpuUsage(before);
const maxRssMiB = process.resourceUsage().maxRSS / 1_024;
process.stdout.write(JSON.stringify({ spans, cpuMs: (user + system) / 1_000, maxRssMiB }));
await provider.shutdown();
